"""The answer at the API's own address: where its documents and its live stream are."""

from collections.abc import Callable

ADDRESS = "/api/v1/"
# Name → address below, what somebody new needs first.
PLACES = {
    "documentation": "docs",
    "reference": "redoc",
    "openapi": "openapi.json",
    "errors": "errors",
    "stream": "stream",
}


def index(absolute: Callable[[str], str]) -> dict[str, str]:
    """The addresses; `absolute` makes a whole one of a path."""
    return {name: absolute(ADDRESS + place) for name, place in PLACES.items()}
