"""Addresses that lead nowhere: what is wrong with them, where that can be told."""

from collections.abc import Iterator
from uuid import UUID

from django.urls import Resolver404, resolve

DOCS = "/api/v1/docs"
PLATFORM = "/api/platform/v1/"
UNKNOWN = "There is nothing at {path}; {docs} lists what there is."
NO_ID = "{word!r} is no id; {kind} is expected here, as lists and answers show it."
# What a part of an address may have to be: how that is said, and one that nothing has.
IDS: tuple[tuple[str, UUID | int], ...] = (("a UUID", UUID(int=0)), ("a number", 0))
MOST_PARTS = 8  # of an address; no address of an API has more


def why_unknown(path: str) -> str:
    """A sentence about an address that no route has."""
    docs = f"{PLATFORM}docs" if path.startswith(PLATFORM) else DOCS
    return next(_misplaced(path), UNKNOWN.format(path=path, docs=docs))


def _misplaced(path: str) -> Iterator[str]:
    """What stands in the address where an id would have to, if that is all that is wrong."""
    parts = path.split("/")
    if len(parts) > MOST_PARTS:
        return
    for index, word in enumerate(parts):
        for kind, sample in IDS if word else ():
            if _takes("/".join([*parts[:index], str(sample), *parts[index + 1 :]]), sample):
                yield NO_ID.format(word=word, kind=kind)


def _takes(path: str, sample: UUID | int) -> bool:
    """Whether there is a route for the path that reads the sample as an id."""
    try:
        return sample in resolve(path).kwargs.values()
    except Resolver404:
        return False
