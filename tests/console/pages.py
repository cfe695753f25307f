"""The consoles' URL tables."""

from collections.abc import Iterator
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

TENANT, PLATFORM = "signalbus.urls", "signalbus.urls_platform"


def pages_of(table: str) -> Iterator[URLPattern]:
    """Every page of the console that the table puts on its hosts."""
    (console,) = (
        each
        for each in get_resolver(table).url_patterns
        if isinstance(each, URLResolver) and each.namespace == "admin"
    )
    yield from _patterns(console)


def _patterns(found: Any) -> Iterator[URLPattern]:
    for each in found.url_patterns:
        if isinstance(each, URLResolver):
            yield from _patterns(each)
        else:
            yield each
