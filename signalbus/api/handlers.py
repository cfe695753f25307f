"""From what was raised to a problem answer, for API views and for Django's own error pages."""

import sys
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views import defaults
from rest_framework.exceptions import MethodNotAllowed

from signalbus.api.addresses import why_unknown
from signalbus.api.catalogue import help_link
from signalbus.api.problems import CONTENT_TYPE, Problem
from signalbus.api.rendering import JSONAnswer
from signalbus.api.translations import problem_of
from signalbus.core import tracing

# Below these, every answer is for a program; elsewhere Django's own pages are for people.
API_PREFIXES = ("/api/", "/hooks/")
EVERYWHERE = frozenset({"HEAD", "OPTIONS"})


def problem_answer(request: HttpRequest, problem: Problem) -> JSONAnswer:
    """The problem as an answer to that request."""
    body = problem.body(request.path, tracing.trace_id())
    headers = {**problem.headers, "Link": help_link(problem.kind)}
    return JSONAnswer(body, problem.status, headers=headers, content_type=CONTENT_TYPE)


def exception_handler(error: Exception, context: dict[str, Any]) -> HttpResponse | None:
    """DRF's hook; None lets Django log what nobody expected and answer with `handler500`."""
    if isinstance(error, MethodNotAllowed):
        problem: Problem | None = _not_that_method(context)
    else:
        problem = problem_of(error)
    return problem_answer(context["request"], problem) if problem else None


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
    return problem_answer(request, Problem("not-found", why_unknown(request.path)))


def handler500(request: HttpRequest) -> HttpResponse:
    """Django's page for what nobody caught; a database that is away is not called a fault."""
    if _for_people(request):
        return defaults.server_error(request)
    error = sys.exc_info()[1]
    known = problem_of(error) if error else None
    return problem_answer(request, known or Problem("internal", _reported()))


def _not_that_method(context: dict[str, Any]) -> Problem:
    """Those that any resource answers are not named."""
    allowed = [each for each in context["view"].allowed_methods if each not in EVERYWHERE]
    method = context["request"].method
    detail = f"{method} is not allowed here: use {' or '.join(allowed)}."
    return Problem("method-not-allowed", detail)


def _for_people(request: HttpRequest) -> bool:
    return not request.path.startswith(API_PREFIXES)


def _reported() -> str:
    return "It has been logged under this trace_id; name it when you report it."
