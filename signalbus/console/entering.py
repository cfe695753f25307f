"""What all doors of the consoles have in common: letting somebody in, and letting them wait."""

from typing import Any

from django.contrib import auth
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from signalbus.core.logs import get_logger
from tenants.floods import address_of
from tenants.operators import tries
from tenants.operators.tries import TooManyTriesError

log = get_logger(__name__)


def enter(request: HttpRequest, user: Any) -> None:
    """Log somebody in, with a session of their own; who was in before is out."""
    if request.user.is_authenticated:
        auth.logout(request)
    auth.login(request, user)


def throttled(site: Any, request: HttpRequest, error: TooManyTriesError) -> HttpResponse:
    """Say how long to wait."""
    log.warning("log_in.throttled", address=address_of(request), seconds=error.seconds)
    context = {
        **site.each_context(request),
        "title": "Wait a moment",
        "wait": tries.in_words(error.seconds),
    }
    headers = {"Retry-After": str(error.seconds), "Cache-Control": "no-store"}
    return TemplateResponse(request, "console/throttled.html", context, status=429, headers=headers)
