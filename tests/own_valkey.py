"""A Valkey of a test's own, which it may stop, kill, flush and start again."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from signalbus.core import redis_pool
from signalbus.embedded.paths import Home
from signalbus.embedded.testing import RunningServer
from signalbus.embedded.valkey import Valkey
from tests.ports import free_port


@contextmanager
def own_valkey(folder: Path) -> Iterator[tuple[RunningServer, str]]:
    """The running server and its URL; it is gone afterwards."""
    valkey = Valkey(home=Home(root=folder), port=free_port(), password="secret")
    valkey.prepare()
    server = RunningServer(unit=valkey.unit())
    server.start()
    try:
        yield server, valkey.url
    finally:
        server.stop()
        redis_pool.client.cache_clear()
