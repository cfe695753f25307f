"""A server that never falls silent and never comes to an end: a byte now and then, for ever."""

import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

EVERY = 0.05  # seconds


@contextmanager
def dripping(*answers: bytes) -> Iterator[int]:
    """The port of a server that gives one answer to each line it gets, the first one unasked.

    The last one it never ends.
    """
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=_serve, args=(server, answers), daemon=True).start()
        yield server.getsockname()[1]


def _serve(server: socket.socket, answers: Sequence[bytes]) -> None:
    with suppress(OSError):  # the test is over
        while True:
            connection, _ = server.accept()
            threading.Thread(target=_talk, args=(connection, answers), daemon=True).start()


def _talk(connection: socket.socket, answers: Sequence[bytes]) -> None:
    with connection, connection.makefile("rb") as lines, suppress(OSError):
        for place, answer in enumerate(answers):
            line = lines.readline() if place else b" "
            connection.sendall(answer.replace(b"TAG", line.split()[0] if line.split() else b""))
        while True:
            connection.sendall(b"x")
            time.sleep(EVERY)
