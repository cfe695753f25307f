"""Questions to a PostgreSQL that may just have been killed."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
PAUSE = 0.1  # seconds between two tries
LONGEST = 60.0


def patiently(ask: Callable[[], T]) -> T:
    """What is answered once it answers; its last error after a minute."""
    from django.db import OperationalError, connection

    ends = time.monotonic() + LONGEST
    while True:
        connection.close()  # it may have died with the server
        try:
            return ask()
        except OperationalError:
            if time.monotonic() > ends:
                raise
            time.sleep(PAUSE)
