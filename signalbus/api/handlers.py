"""From what was raised to a problem answer, for API views and for Django's own error pages."""

import sys
from collections.abc import Callable
from typing import Any

import psycopg
from django.core import exceptions as core
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.views import defaults
from rest_framework import exceptions as drf

from signalbus.api.problems import CONTENT_TYPE, PointedError, Problem, invalid
from signalbus.api.rendering import JSONAnswer
from signalbus.core import tracing

# Below these, every answer is for a program; elsewhere Django's own pages are for people.
API_PREFIXES = ("/api/", "/hooks/")
DATABASE_AWAY = (
    "The database does not answer, or gave the request up. Repeat it with the same "
    "Idempotency-Key: nothing is done twice."
)


def problem_answer(request: HttpRequest, problem: Problem) -> JSONAnswer:
    """The problem as an answer to that request."""
    body = problem.body(request.path, tracing.trace_id())
    return JSONAnswer(body, problem.status, headers=problem.headers, content_type=CONTENT_TYPE)


def exception_handler(error: Exception, context: dict[str, Any]) -> HttpResponse | None:
    """DRF's hook; None lets Django log what nobody expected and answer with `handler500`."""
    problem = problem_of(error)
    return problem and problem_answer(context["request"], problem)


def problem_of(error: BaseException) -> Problem | None:
    """The problem that an exception stands for, or None where it is a fault of this side."""
    if isinstance(error, Problem):
        return error
    for type_, translate in TRANSLATIONS:
        if isinstance(error, type_):
            return translate(error)
    return None


def handler400(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's page for what it finds suspicious, such as a wrong host."""
    if _for_people(request):
        return defaults.bad_request(request, exception)
    return problem_answer(request, problem_of(exception) or Problem("bad-request", "Refused."))


def handler403(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's page for what is not allowed."""
    if _for_people(request):
        return defaults.permission_denied(request, exception)
    return problem_answer(request, Problem("forbidden", str(exception) or "Refused."))


def handler404(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's page for unknown addresses."""
    if _for_people(request):
        return defaults.page_not_found(request, exception)
    return problem_answer(request, _unknown_address(request.path))


def handler500(request: HttpRequest) -> HttpResponse:
    """Django's page for what nobody caught; a database that is away is not called a fault."""
    if _for_people(request):
        return defaults.server_error(request)
    error = sys.exc_info()[1]
    known = problem_of(error) if error else None
    return problem_answer(request, known or Problem("internal", _reported()))


def _for_people(request: HttpRequest) -> bool:
    return not request.path.startswith(API_PREFIXES)


def _unknown_address(path: str) -> Problem:
    return Problem("not-found", f"There is nothing at {path}; /api/v1/docs lists what there is.")


def _reported() -> str:
    return "It has been logged under this trace_id; name it when you report it."


def _method_not_allowed(error: Any) -> Problem:
    return Problem("method-not-allowed", str(error.detail))


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
    (Http404, _always("not-found", "Nothing of this tenant and mode has that id.")),
    (drf.NotFound, _plainly("not-found")),
    (drf.MethodNotAllowed, _method_not_allowed),
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
