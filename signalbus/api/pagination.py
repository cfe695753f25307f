"""Cursor pages, newest first: by primary key, so that the last page is as quick as the first.

A cursor names the row next to the page and the direction; ids are UUIDv7 or growing numbers, hence
in order of creation. Nothing is counted.
"""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Generic, TypeVar

import msgspec
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from signalbus.api.operations import Parameter
from signalbus.api.problems import PointedError, Problem, summary

M = TypeVar("M", bound=Model)
T = TypeVar("T")
DEFAULT_LIMIT = 50
MOST = 200
OLDER, NEWER = "o", "n"
PAGE_PARAMETERS = (
    Parameter(
        name="limit",
        description="How many at most.",
        schema={"type": "integer", "minimum": 1, "maximum": MOST, "default": DEFAULT_LIMIT},
    ),
    Parameter(
        name="cursor",
        description="Where the page begins; taken from `next` or `previous`.",
        schema={"type": "string"},
    ),
)


class Page(msgspec.Struct, Generic[T]):
    """A part of a list; `next` are older ones."""

    results: Annotated[list[T], msgspec.Meta(description="The rows, newest first.")]
    next: Annotated[
        str | None,
        msgspec.Meta(description="The address of the next, older page; null at the end."),
    ]
    previous: Annotated[
        str | None,
        msgspec.Meta(description="The address of the page before; null at the beginning."),
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Which part of a list is wanted; without a bound it is the newest."""

    limit: int = DEFAULT_LIMIT
    direction: str = OLDER
    bound: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice(Generic[M]):
    """The rows of a window, newest first, and whether there are others on either side."""

    rows: Sequence[M]
    older: bool
    newer: bool


def paginate(
    request: HttpRequest, *lists: QuerySet[M]
) -> tuple[Sequence[M], str | None, str | None]:
    """The wanted rows of one list, or of several as one; and the next and previous page's address.

    Several need keys of one type, such as UUIDv7.
    """
    wanted = window(request)
    part = _merged([slice_of(rows, wanted) for rows in lists], wanted)
    return (
        part.rows,
        _link(request, OLDER, part.rows[-1].pk) if part.older else None,
        _link(request, NEWER, part.rows[0].pk) if part.newer else None,
    )


def window(request: HttpRequest) -> Window:
    """What `limit` and `cursor` ask for. Raises Problem `invalid-parameter`."""
    limit = request.GET.get("limit", str(DEFAULT_LIMIT))
    if not (limit.isdecimal() and 1 <= int(limit[:9]) <= MOST):
        raise _wrong("limit", f"A whole number from 1 to {MOST} is expected.")
    cursor = request.GET.get("cursor")
    if not cursor:
        return Window(limit=int(limit))
    direction, bound = _read_cursor(cursor)
    return Window(limit=int(limit), direction=direction, bound=bound)


def slice_of(rows: QuerySet[M], wanted: Window) -> Slice[M]:
    """The rows of the window: one range scan of the primary key, one row more than shown."""
    newer = wanted.direction == NEWER
    if wanted.bound:
        rows = rows.filter(**{"pk__gt" if newer else "pk__lt": _key(rows, wanted.bound)})
    found = list(rows.order_by("pk" if newer else "-pk")[: wanted.limit + 1])
    more, found = len(found) > wanted.limit, found[: wanted.limit]
    if newer:
        found.reverse()
    beside = bool(wanted.bound and found)
    return Slice(rows=found, older=beside if newer else more, newer=more if newer else beside)


def _merged(parts: Sequence[Slice[M]], wanted: Window) -> Slice[M]:
    """The window over several lists, from the same window over each."""
    if len(parts) == 1:
        return parts[0]
    rows = sorted((row for part in parts for row in part.rows), key=lambda row: row.pk)
    newer = wanted.direction == NEWER
    kept = rows[: wanted.limit] if newer else rows[-wanted.limit :]
    more = len(rows) > wanted.limit
    return Slice(
        rows=kept[::-1],
        older=any(part.older for part in parts) or (more and not newer),
        newer=any(part.newer for part in parts) or (more and newer),
    )


def _key(rows: QuerySet[Any], bound: str) -> Any:
    try:
        return rows.model._meta.pk.to_python(bound)
    except ValidationError as error:
        raise _wrong("cursor", "It is none of this list: begin without a cursor.") from error


def _link(request: HttpRequest, direction: str, key: Any) -> str:
    query = request.GET.copy()
    query["cursor"] = base64.urlsafe_b64encode(f"{direction}{key}".encode()).decode().rstrip("=")
    return request.build_absolute_uri(f"{request.path}?{query.urlencode()}")


def _read_cursor(cursor: str) -> tuple[str, str]:
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii")
    except (binascii.Error, ValueError):
        text = ""
    if text[:1] not in (OLDER, NEWER) or not text[1:]:
        raise _wrong("cursor", "It is not one that `next` or `previous` gave.")
    return text[:1], text[1:]


def _wrong(name: str, detail: str) -> Problem:
    error = PointedError(f"/{name}", detail)
    return Problem("invalid-parameter", summary([error]), errors=[error])
