"""The web processes' answers about themselves; signalbus/core/health.py says what they mean.

They need no key: they hold no personal data, and a balancer or Prometheus has none.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from signalbus.core.health import WEB_NEEDS, Answer


def view_of(answer: Callable[[frozenset[str]], Answer]) -> Callable[[HttpRequest], HttpResponse]:
    """A view that gives the answer as a web process."""

    @csrf_exempt  # so that a POST is told that the method is wrong, not its token
    @never_cache
    @require_safe
    def view(_: HttpRequest) -> HttpResponse:
        given = answer(WEB_NEEDS)
        return HttpResponse(given.body, status=given.status, content_type=given.content_type)

    return view
