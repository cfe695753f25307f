"""Ends of connections, however a server drags them out.

A socket's own time-out begins anew with each of its calls, so that a server that sends a byte now
and then is never too slow by it. Whatever is done within a deadline is cut off by shutting the
socket down, in whatever call it is; one thread of the process looks after all of them.
"""

import heapq
import itertools
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress


class Deadline:
    """The end of a connection. Used by one thread at a time."""

    def __init__(self) -> None:
        self._socket: socket.socket | None = None
        self._passed = False

    def hold(self, connection: socket.socket | None) -> None:
        """This is the connection: to be told when there is one, and when TLS has replaced it."""
        self._socket = connection
        if self._passed:
            _shut_down(connection)

    @contextmanager
    def within(
        self, seconds: float, breaks: tuple[type[Exception], ...] = (OSError,)
    ) -> Iterator[None]:
        """Cut the connection off after so long. Raises TimeoutError in place of what that raises,
        which is one of `breaks`.
        """
        watched = _watch.begin(self, seconds)
        try:
            yield
        except breaks as error:
            if self._passed:
                raise TimeoutError(f"It took longer than {seconds:g} seconds.") from error
            raise
        finally:
            _watch.end(watched)

    def pass_(self) -> None:
        """Its time is over."""
        self._passed = True
        _shut_down(self._socket)


def _shut_down(connection: socket.socket | None) -> None:
    """Whoever waits for it wakes; closing is theirs. TLS's own `shutdown` is no other thread's."""
    if connection is not None:
        with suppress(OSError):
            socket.socket.shutdown(connection, socket.SHUT_RDWR)


class _Watch:
    """A thread that sleeps until the next deadline; it is made for the first one."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._numbers = itertools.count()
        self._order: list[tuple[float, int]] = []
        self._open: dict[int, Deadline] = {}
        self._thread: threading.Thread | None = None

    def begin(self, deadline: Deadline, seconds: float) -> int:
        with self._changed:
            number, at = next(self._numbers), time.monotonic() + seconds
            self._open[number] = deadline
            heapq.heappush(self._order, (at, number))
            if self._order[0][1] == number:
                self._changed.notify()
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="deadlines", daemon=True)
                self._thread.start()
            return number

    def end(self, number: int) -> None:
        with self._changed:
            self._open.pop(number, None)

    def _run(self) -> None:
        with self._changed:
            while True:
                while self._order and self._order[0][0] <= time.monotonic():
                    _, number = heapq.heappop(self._order)
                    if deadline := self._open.pop(number, None):
                        deadline.pass_()
                ahead = self._order[0][0] - time.monotonic() if self._order else None
                self._changed.wait(ahead)


_watch = _Watch()
