"""Where the pictures are taken: own servers, a web process, the live stream, and the shop."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from benchmarks.stack import Stack

if TYPE_CHECKING:  # Django's settings are not known before the servers run
    from tests.browser.shop.opening import Shop


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


def _opened() -> "Shop":
    os.environ["DJANGO_SETTINGS_MODULE"] = "signalbus.settings"
    import django

    django.setup()
    from tests.browser.shop import opening

    return opening.open_shop()
