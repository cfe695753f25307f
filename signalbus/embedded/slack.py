"""Lets the timers of a process fire a little late, so that many of them share one wake-up.

An idle JVM has some sixty threads that wake up by themselves, each at its own moment, and the
first wake-up of a sleeping core costs far more than those beside it. What arrives from outside is
never late. Linux only; elsewhere nothing happens.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

NANOSECONDS = 1_000_000_000


@contextmanager
def timer_slack(seconds: float) -> Iterator[None]:
    """Let what this thread starts meanwhile sleep for so much longer; 0 changes nothing."""
    setting = Path(f"/proc/{threading.get_native_id()}/timerslack_ns")
    if not seconds or not setting.exists():
        yield
        return
    before = setting.read_text()
    setting.write_text(str(int(seconds * NANOSECONDS)))
    try:
        yield
    finally:
        setting.write_text(before)
