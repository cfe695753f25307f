"""The way of one request from its body to its answer, for every endpoint that asks for one."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.http import HttpResponse
from django.utils import timezone

from notifications import group_commit
from notifications.checking import check_direct, check_notify
from notifications.checks import Context
from notifications.requests import DirectRequest, NotifyRequest
from notifications.values import Accepted, Asked, Refused
from signalbus.api.idempotent import key_of
from signalbus.api.rendering import JSONAnswer
from signalbus.api.views import APIResource
from signalbus.core import tracing
from tenants.throttling import check_notifications

Body = TypeVar("Body")
REPLAYED = {"Idempotency-Replayed": "true"}


def accept_notify(view: APIResource) -> HttpResponse:
    """Answer a request for a topic. Raises Problem."""
    return _accept(view, NotifyRequest, check_notify)


def accept_direct(view: APIResource) -> HttpResponse:
    """Answer a request for one message on one channel. Raises Problem."""
    return _accept(view, DirectRequest, check_direct)


def context() -> Context:
    """The moment and the trace of the request under way."""
    return Context(now=timezone.now(), trace=tracing.current_traceparent())


def answer(accepted: Accepted) -> HttpResponse:
    """The answer to what was accepted, marked if it was accepted before."""
    return JSONAnswer(accepted.answer, 202, headers=REPLAYED if accepted.replayed else None)


def _accept(
    view: APIResource, shape: type[Body], check: Callable[..., Asked | Refused]
) -> HttpResponse:
    request: Any = view.request
    asked = check(view.read(shape), context(), key=key_of(request) or "")
    if isinstance(asked, Refused):
        raise asked.problem()
    check_notifications(request.auth, view, 1)
    key = request.auth
    return answer(group_commit.submit(request.tenant, key.mode, asked, key))
