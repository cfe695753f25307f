"""What the database refuses, as problems that say what stands in the way and what to do."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from django.db import IntegrityError
from django.db.models import ProtectedError
from psycopg.errors import UniqueViolation

from signalbus.api.problems import PointedError, Problem

ELSEWHERE = "Something else was changed at the same moment. Read the resource anew, and repeat."


@dataclass(frozen=True, slots=True, kw_only=True)
class Unique:
    """The field of a body of which there may be only one of each value.

    `advice` says how to get at the one that there is; `{value}` in it is the value, as it stands
    in an address.
    """

    field: str
    advice: str


NOTHING = Unique(field="", advice="")


def conflict(error: IntegrityError, noun: str, unique: Unique, asked: Any) -> Problem:
    """The problem for what the database refused to write; `asked` is the body's struct."""
    value = getattr(asked, unique.field, None)
    if not isinstance(value, str) or not _is_repeated(error):
        return Problem("conflict", ELSEWHERE)
    advice = unique.advice.format(value=quote(value, safe=""))
    detail = f"There is already {noun} {value!r}: {advice}"
    return Problem("conflict", detail, errors=[PointedError(f"/{unique.field}", detail)])


def in_use(error: ProtectedError) -> Problem:
    """The problem for a row that others refer to, naming them."""
    users = sorted(str(row) for row in error.protected_objects)
    return Problem("conflict", f"It is in use by {', '.join(users)}.", extra={"used_by": users})


def _is_repeated(error: IntegrityError) -> bool:
    return isinstance(error.__cause__, UniqueViolation)
