"""Where the pictures are taken: own servers, a web process, the live stream, and the shop."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Event, Thread
from typing import TYPE_CHECKING

from benchmarks.stack import Stack

if TYPE_CHECKING:  # Django's settings are not known before the servers run
    from tests.browser.shop.opening import Shop


FAILS_EVERY = 0.5  # seconds, so that the account's breaker is never seen half open


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """The port where all hosts answer, and what stands there."""

    port: int
    shop: "Shop"

    def address(self, host: str) -> str:
        """The address of a host, without a path."""
        return f"http://{host}:{self.port}"


@contextmanager
def built() -> Iterator[Stage]:
    """All of it; thrown away at the end."""
    stack = Stack()
    os.environ["SIGNALBUS_LOG_LEVEL"] = "ERROR"  # what the shop goes through is no news
    try:
        stack.manage("migrate_schemas", "--verbosity", "0")
        shop = _opened()
        stream, _ = stack.stream("stream")
        port = stack.web(
            DJANGO_SETTINGS_MODULE="signalbus.settings",
            SIGNALBUS_STREAM_URL=f"http://localhost:{stream}",
        )
        yield Stage(port=port, shop=shop)
    finally:
        stack.close()


@contextmanager
def in_trouble(shop: "Shop") -> Iterator[None]:
    """One of the shop's accounts is left alone meanwhile, for its provider keeps failing."""
    from tests.browser.shop import accounts

    ended = Event()

    def keep() -> None:
        while not ended.wait(FAILS_EVERY):
            accounts.trip(shop.in_trouble)

    accounts.trip(shop.in_trouble)
    keeping = Thread(target=keep, daemon=True)
    keeping.start()
    try:
        yield
    finally:
        ended.set()
        keeping.join()


def _opened() -> "Shop":
    os.environ["DJANGO_SETTINGS_MODULE"] = "signalbus.settings"
    import django

    django.setup()
    from tests.browser.shop import opening

    return opening.open_shop()
