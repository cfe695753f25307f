"""Which problem an exception of Django, DRF or the database stands for."""

from collections.abc import Callable
from typing import Any

import psycopg
from django.core import exceptions as core
from django.db import InterfaceError, OperationalError
from django.http import Http404
from rest_framework import exceptions as drf

from signalbus.api.problems import PointedError, Problem, invalid, not_found

DATABASE_AWAY = (
    "The database does not answer, or gave the request up. Repeat it with the same "
    "Idempotency-Key: nothing is done twice."
)


def problem_of(error: BaseException) -> Problem | None:
    """The problem that an exception stands for, or None where it is a fault of this side."""
    if isinstance(error, Problem):
        return error
    for type_, translate in TRANSLATIONS:
        if isinstance(error, type_):
            return translate(error)
    return None


def _throttled(error: Any) -> Problem:
    wait = {"Retry-After": str(int(error.wait) + 1)} if error.wait else {}
    return Problem("rate-limited", str(error.detail), headers=wait)


def _validation(error: Any) -> Problem:
    return invalid(*_pointed(error.detail, ""))


def _model_validation(error: Any) -> Problem:
    named = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
    return invalid(
        *(
            PointedError(f"/{name}" if name not in ("", core.NON_FIELD_ERRORS) else "", text)
            for name, texts in named.items()
            for text in texts
        )
    )


def _pointed(detail: Any, pointer: str) -> list[PointedError]:
    """DRF's nested error details as a flat list with pointers."""
    if isinstance(detail, dict):
        return [e for name, inner in detail.items() for e in _pointed(inner, f"{pointer}/{name}")]
    if isinstance(detail, list):
        return [e for inner in detail for e in _pointed(inner, pointer)]
    return [PointedError(pointer, str(detail))]


def _plainly(kind: str) -> Callable[[Any], Problem]:
    """A translation that keeps the exception's own words."""
    return lambda error: Problem(kind, str(getattr(error, "detail", error)) or "Refused.")


def _always(kind: str, detail: str) -> Callable[[Any], Problem]:
    return lambda _error: Problem(kind, detail)


# The first type that fits decides.
TRANSLATIONS: tuple[tuple[type[BaseException], Callable[[Any], Problem]], ...] = (
    (OperationalError, _always("unavailable", DATABASE_AWAY)),
    (InterfaceError, _always("unavailable", DATABASE_AWAY)),
    (psycopg.OperationalError, _always("unavailable", DATABASE_AWAY)),
    (psycopg.InterfaceError, _always("unavailable", DATABASE_AWAY)),
    (Http404, lambda _error: not_found()),
    (drf.NotFound, _plainly("not-found")),
    (drf.NotAuthenticated, _plainly("unauthenticated")),
    (drf.AuthenticationFailed, _plainly("unauthenticated")),
    (drf.PermissionDenied, _plainly("forbidden")),
    (drf.NotAcceptable, _plainly("not-acceptable")),
    (drf.UnsupportedMediaType, _plainly("unsupported-media-type")),
    (drf.ParseError, _plainly("malformed-json")),
    (drf.Throttled, _throttled),
    (drf.ValidationError, _validation),
    (core.ValidationError, _model_validation),
    (core.RequestDataTooBig, _plainly("too-large")),
    (core.PermissionDenied, _plainly("forbidden")),
    (core.SuspiciousOperation, _plainly("bad-request")),
    (core.BadRequest, _plainly("bad-request")),
)
