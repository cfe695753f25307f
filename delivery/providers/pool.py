"""Connections that are kept between calls and shared by threads."""

import time
from collections import deque
from typing import Generic, Protocol, TypeVar


class Closable(Protocol):
    def close(self) -> None: ...


Kept = TypeVar("Kept", bound=Closable)


class Pool(Generic[Kept]):
    """Takes back what a thread has done with; the one used last is given out first.

    So there are never more connections than calls at once, and those that a quieter time leaves
    over grow old at the other end, where they are closed.
    """

    def __init__(self, *, idle_seconds: float) -> None:
        self._idle_seconds = idle_seconds
        self._kept: deque[tuple[float, Kept]] = deque()
        self._closed = False

    def take(self) -> Kept | None:
        """A kept connection, or None where a new one is to be made."""
        oldest_allowed = time.monotonic() - self._idle_seconds
        try:
            put_at, connection = self._kept.pop()
        except IndexError:
            return None
        if put_at >= oldest_allowed:
            return connection
        connection.close()
        self._drop_before(oldest_allowed)
        return None

    def put(self, connection: Kept) -> None:
        """Keeps a connection that works; closes it where the pool is closed already."""
        now = time.monotonic()
        self._kept.append((now, connection))
        self._drop_before(now - self._idle_seconds if not self._closed else now)

    def close(self) -> None:
        """Closes what is kept, now and from now on."""
        self._closed = True
        self._drop_before(time.monotonic())

    def _drop_before(self, moment: float) -> None:
        while True:
            try:
                put_at, connection = self._kept.popleft()
            except IndexError:
                return
            if put_at > moment:
                self._kept.appendleft((put_at, connection))
                return
            connection.close()
