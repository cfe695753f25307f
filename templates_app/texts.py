"""What a message says before and after rendering, as plain values."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionText:
    """A version of a template, as rendering needs it. It never changes under its id."""

    id: UUID
    template: str
    channel: str
    locale: str
    subject: str
    text: str
    html: str
    required: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """What goes out. An e-mail always has text and HTML; an SMS has text alone."""

    subject: str = ""
    text: str = ""
    html: str = ""


def missing(required: tuple[str, ...], data: Mapping[str, Any]) -> list[str]:
    """The required names that the data do not have, as in `order.id`; null counts as missing."""
    return [name for name in required if _lookup(data, name) is None]


def _lookup(data: Any, name: str) -> Any:
    for part in name.split("."):
        if not isinstance(data, Mapping):
            # Liquid gives strings and lists properties of their own, such as `items.size`.
            return data
        data = data.get(part)
    return data
