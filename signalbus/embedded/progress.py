"""Shows that a step goes on: a counting line on a terminal, plain lines elsewhere."""

import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

QUIET_SECONDS = 2.0
PLAIN_INTERVAL_SECONDS = 20.0  # each is a line of its own where there is no terminal


def say(line: str = "") -> None:
    """Print a line at once, also into a pipe; goes on in silence when nobody reads any more."""
    _write(f"{line}\n")


def _write(text: str) -> None:
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


class _Ticker(threading.Thread):
    """Repeats the title with the seconds elapsed until it is told to stop."""

    def __init__(self, title: str, started: float) -> None:
        super().__init__(daemon=True)
        self.title = title
        self.started = started
        self.ended = threading.Event()

    def run(self) -> None:
        terminal = sys.stdout.isatty()
        pause = QUIET_SECONDS if terminal else PLAIN_INTERVAL_SECONDS
        while not self.ended.wait(pause):
            seconds = time.monotonic() - self.started
            text = f"  {self.title} … {seconds:.0f} s"
            _write(f"\r{text}" if terminal else f"{text}\n")
            pause = 0.5 if terminal else PLAIN_INTERVAL_SECONDS


@contextmanager
def step(title: str) -> Iterator[None]:
    """Run the block; whatever takes longer shows that it goes on."""
    started = time.monotonic()
    ticker = _Ticker(title, started)
    ticker.start()
    outcome = "failed after"
    try:
        yield
        outcome = "done in"
    finally:
        ticker.ended.set()
        ticker.join()
        start = "\r" if sys.stdout.isatty() else ""
        say(f"{start}  {title}: {outcome} {time.monotonic() - started:.1f} s")
