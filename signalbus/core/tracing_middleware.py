"""OpenTelemetry's middleware, but for what is no work: health pages, and refused names."""

from typing import Any

from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponseBase
from opentelemetry.instrumentation.django.middleware.otel_middleware import _DjangoMiddleware

from signalbus.core.health import ROUTES


class TracingMiddleware(_DjangoMiddleware):
    """Leaves alone what it must not even look at.

    The original asks each request for its whole address, which fails for a name that is not among
    SIGNALBUS_ALLOWED_HOSTS. Health checks and Prometheus ask by such names, and need an answer.
    """

    def process_request(self, request: HttpRequest) -> None:
        if _is_told(request):
            super().process_request(request)  # type: ignore[no-untyped-call]

    def process_view(self, request: HttpRequest, *called: Any) -> None:
        if _is_told(request):
            super().process_view(request, *called)  # type: ignore[no-untyped-call]

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        if _is_told(request):
            super().process_exception(request, exception)  # type: ignore[no-untyped-call]

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        if _is_told(request):
            return super().process_response(request, response)  # type: ignore[no-untyped-call, no-any-return]
        return response


def _is_told(request: HttpRequest) -> bool:
    if request.path_info.strip("/") in ROUTES:
        return False
    try:
        request.get_host()
    except DisallowedHost:
        return False
    return True
