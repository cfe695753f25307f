"""Work that one process at a time does, without waiting for each other."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def alone(lock: int) -> Iterator[bool]:
    """Whether this process may do the work of that lock now.

    Closing the connection gives the lock back, and so does a crash; it is a connection of its own,
    since migrating closes the usual one.
    """
    holder = connection.copy()
    try:
        with holder.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [lock])
            yield bool(cursor.fetchone()[0])
    finally:
        holder.close()
