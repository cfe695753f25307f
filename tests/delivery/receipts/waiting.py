"""Waiting for what another thread does."""

import time
from collections.abc import Callable

SECONDS = 10.0


def wait_until(true: Callable[[], bool]) -> None:
    """Returns once it is true; fails if that takes long."""
    ends = time.monotonic() + SECONDS
    while not true():
        assert time.monotonic() < ends
        time.sleep(0.005)
