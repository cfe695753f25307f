"""Every page of a console, by its URL table: a page that is new comes along by itself."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from tests.browser.screenshots.visits import Address
from tests.console.pages import pages_of

# What is no page: parts of pages, what scripts ask, and ways to somewhere else.
NO_PAGES = frozenset(
    {
        *("autocomplete", "jsi18n", "live", "logout", "search", "version_publish"),
        *("view_on_site", "notifications_suppression_export"),
    }
)
ID = frozenset({"id", "object_id"})
APP = "app_label"


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What addresses consist of: by the model's or page's name the id of what is looked at, and by
    a page's name the other parts of its address.
    """

    ids: Mapping[str, Any]
    parts: Mapping[str, Mapping[str, str]]
    app: str


class UnknownObjectError(LookupError):
    """A page shows an object of which nobody has said which one to look at."""


def addresses(table: str, known: Known) -> list[Address]:
    """The address of every page of the table, in its order. Raises UnknownObjectError."""
    return [
        Address(name=name, path=reverse(f"admin:{name}", table, kwargs=_parts(name, given, known)))
        for name, given in _named(table)
        if name not in NO_PAGES
    ]


def _named(table: str) -> Iterator[tuple[str, list[str]]]:
    """The names of pages, and of what their addresses consist of; the catch-all has no name."""
    for each in pages_of(table):
        pattern: Any = each.pattern
        converters = getattr(pattern, "converters", {})
        if each.name:
            yield each.name, list(converters) or list(pattern.regex.groupindex)


def _parts(name: str, given: list[str], known: Known) -> dict[str, Any]:
    if name in known.parts:
        return dict(known.parts[name])
    return {part: known.app if part == APP else _id(name, part, known) for part in given}


def _id(name: str, part: str, known: Known) -> Any:
    """That of the page itself, or else of the model whose page it is."""
    models = sorted((each for each in known.ids if name.startswith(f"{each}_")), key=len)
    found = known.ids.get(name, known.ids[models[-1]] if models else None)
    if part not in ID or found is None:
        raise UnknownObjectError(f"known.py does not say which {part} {name} is to show")
    return found
