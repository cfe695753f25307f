"""A Redis that is away, in the two ways that differ: refused at once, or silent."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager

from tests.ports import free_port


@contextmanager
def silent_server() -> Iterator[str]:
    """The URL of a server that takes connections and never answers."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(64)
        yield f"redis://127.0.0.1:{server.getsockname()[1]}/0"


def refusing_server() -> str:
    """The URL of a port that nobody listens on."""
    return f"redis://127.0.0.1:{free_port()}/0"
