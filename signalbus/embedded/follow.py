"""`make logs`: the last lines of every log, and then whatever is added, until Ctrl-C."""

import time
from contextlib import suppress
from pathlib import Path

from signalbus.embedded.paths import Home
from signalbus.embedded.progress import say

FIRST_BYTES = 2048
POLL_SECONDS = 0.3


class Tail:
    """Reads what is added to one file, also after rotation has cut it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.position = max(0, path.stat().st_size - FIRST_BYTES)

    def new_lines(self) -> list[str]:
        """Return the whole lines added since the last call."""
        size = self.path.stat().st_size
        self.position = 0 if size < self.position else self.position
        if size == self.position:
            return []
        with self.path.open("rb") as stream:
            stream.seek(self.position)
            whole, _, _ = stream.read(size - self.position).rpartition(b"\n")
        self.position += len(whole) + 1 if whole else 0
        return whole.decode(errors="replace").splitlines()


def logs(home: Home) -> int:
    """Follow all logs, each line with the name of its process before it."""
    tails: dict[Path, Tail] = {}
    if not home.log.exists():
        say(f"There are no logs yet in {home.log}; `make up` starts the stack.")
        return 0
    with suppress(KeyboardInterrupt):
        _follow(home, tails)
    return 0


def _follow(home: Home, tails: dict[Path, Tail]) -> None:
    while True:
        for path in sorted(home.log.glob("*.log")):
            tail = tails.setdefault(path, Tail(path))
            for line in tail.new_lines():
                say(f"{path.stem:<12} {line}")
        time.sleep(POLL_SECONDS)
