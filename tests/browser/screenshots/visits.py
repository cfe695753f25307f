"""What is looked at, as values: pages, and who stands before them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from playwright.sync_api import Page

Act = Callable[[Page], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A page's name, which its picture bears, and its path on the console's host.

    `then` is done on the page before the picture is taken.
    """

    name: str
    path: str
    then: Act | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """Somebody who looks at pages of a host; `before` is done first, such as logging in."""

    name: str
    base: str
    addresses: Sequence[Address]
    before: Act | None = None
    is_dark: bool = False
