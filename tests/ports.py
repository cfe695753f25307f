"""Ports that nobody listens on; each of pytest-xdist's workers draws from numbers of its own."""

import itertools
import os
import random
import socket
from collections.abc import Iterator
from functools import cache

FIRST, LAST = 10_000, 31_999  # below those of outgoing connections
WORKERS = 10


def free_port() -> int:
    """A port of the loopback address that nobody listens on, and no other test is told of soon."""
    return next(port for port in _numbers() if _free(port))


@cache
def _numbers() -> Iterator[int]:
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    own = [*range(FIRST + worker % WORKERS, LAST + 1, WORKERS)]
    random.SystemRandom().shuffle(own)
    return itertools.cycle(own)


def is_open(port: int) -> bool:
    """Whether somebody listens on that port of the loopback address."""
    with socket.socket() as trial:
        return trial.connect_ex(("127.0.0.1", port)) == 0


def _free(port: int) -> bool:
    with socket.socket() as trial:
        try:
            trial.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
