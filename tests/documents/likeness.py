"""Whether an answer is what a page shows: the same members and values, but for ids and moments."""

import re
from collections.abc import Iterator
from typing import Any

from tests.documents.elided import MORE

# What differs each time, by how it is written, and by the name it goes under.
KINDS = (
    re.compile(r"[0-9a-f]{8}(-[0-9a-f…]+){1,4}"),
    re.compile(r"[0-9a-f]{32}"),
    re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z"),
)
NUMBERS = frozenset({"duration_ms", "id"})


def unlike(shown: Any, real: Any, at: str = "") -> Iterator[str]:
    """Where the two differ."""
    if isinstance(shown, dict) and isinstance(real, dict):
        yield from _unlike_objects(shown, real, at)
    elif isinstance(shown, list) and isinstance(real, list):
        yield from _unlike_lists(shown, real, at)
    elif isinstance(shown, str) and isinstance(real, str):
        if not is_like(shown, real):
            yield f"{at}: {shown!r} is shown, and not {real!r}"
    elif type(shown) is not type(real) or (shown != real and not _is_free(at, shown)):
        yield f"{at}: {shown!r} is shown, and not {real!r}"


def is_like(shown: str, real: str) -> bool:
    """Whether texts are equal, or of one kind; `…` stands for anything."""
    if any(kind.fullmatch(shown) for kind in KINDS):
        return any(kind.fullmatch(shown) and kind.fullmatch(real) for kind in KINDS)
    pattern = ".*".join(re.escape(part) for part in shown.split(MORE))
    return re.fullmatch(pattern, real, re.DOTALL) is not None


def _unlike_objects(shown: dict[str, Any], real: dict[str, Any], at: str) -> Iterator[str]:
    wrong = shown.keys() - real.keys() if MORE in shown else shown.keys() ^ real.keys()
    if wrong - {MORE}:
        yield f"{at}: {sorted(wrong - {MORE})}"
    for name in shown.keys() & real.keys():
        yield from unlike(shown[name], real[name], f"{at}/{name}")


def _unlike_lists(shown: list[Any], real: list[Any], at: str) -> Iterator[str]:
    goes_on = shown[-1:] == [MORE]
    items = shown[:-1] if goes_on else shown
    if len(real) < len(items) or (len(real) != len(items) and not goes_on):
        yield f"{at}: {len(items)} items are shown, and not {len(real)}"
    for index, (one, other) in enumerate(zip(items, real, strict=False)):
        yield from unlike(one, other, f"{at}/{index}")


def _is_free(at: str, shown: Any) -> bool:
    return isinstance(shown, int) and at.rpartition("/")[2] in NUMBERS
