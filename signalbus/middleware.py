"""What surrounds every request: its id, its trace, its line in the log and its metrics."""

import re
import time
from collections.abc import Callable
from functools import lru_cache

from django.http import HttpRequest, HttpResponseBase, HttpResponsePermanentRedirect
from django.middleware import common
from structlog.contextvars import bind_contextvars, clear_contextvars

from signalbus.core import metrics, tracing
from signalbus.core.health import ROUTES
from signalbus.core.ids import new_id
from signalbus.core.logs import get_logger
from signalbus.core.scrubbing import without_link

HEADER = "X-Request-Id"
WELL_FORMED = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/+=-]{0,127}")
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
UNMATCHED = "unmatched"
FIRST_ERROR = 400

log = get_logger("signalbus.access")


class RequestContextMiddleware:
    """Gives each request an id and a trace, and tells of its end.

    `request.request_id` and the log's context hold the id; the answer carries it as X-Request-Id.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        started = time.perf_counter()
        request_id = _request_id(request)
        request.request_id = request_id  # type: ignore[attr-defined]
        token = tracing.enter(request.META.get("HTTP_TRACEPARENT"))
        clear_contextvars()
        bind_contextvars(request_id=request_id)
        try:
            response = self.get_response(request)
            response[HEADER] = request_id
            _tell(request, response, time.perf_counter() - started)
        finally:
            clear_contextvars()
            tracing.leave(token)
        return response


class CommonMiddleware(common.CommonMiddleware):
    """Django's, but a process says of itself how it is by whatever name it is asked.

    Health checks and Prometheus ask a container by its own address, which SIGNALBUS_ALLOWED_HOSTS
    need not know.
    """

    def process_request(self, request: HttpRequest) -> HttpResponsePermanentRedirect | None:
        if request.path_info.strip("/") in ROUTES:
            return None
        return super().process_request(request)


def _request_id(request: HttpRequest) -> str:
    inbound = request.META.get("HTTP_X_REQUEST_ID", "")
    return inbound if WELL_FORMED.fullmatch(inbound) else new_id().hex


def _tell(request: HttpRequest, response: HttpResponseBase, seconds: float) -> None:
    """Count the request, and write its line unless somebody only asked after the health."""
    route = request.resolver_match.route if request.resolver_match else UNMATCHED
    method = request.method if request.method in METHODS else "other"
    _series(route, method or "", response.status_code).count(seconds)
    if route not in ROUTES:
        tenant = getattr(request, "tenant", None)
        log.info(
            "request",
            method=method,
            path=without_link(request.path),
            route=route,
            status=response.status_code,
            duration_ms=round(seconds * 1000, 2),
            **({"tenant": tenant.name} if tenant else {}),
        )


class _Series:
    """The time series of one route, method and code, looked up once."""

    __slots__ = ("duration", "errors", "requests")

    def __init__(self, route: str, method: str, code: int) -> None:
        labels = (route, method, str(code))
        self.requests = metrics.HTTP_REQUESTS.labels(*labels)
        self.duration = metrics.HTTP_REQUEST_DURATION_SECONDS.labels(*labels)
        self.errors = metrics.HTTP_ERRORS.labels(*labels) if code >= FIRST_ERROR else None

    def count(self, seconds: float) -> None:
        self.requests.inc()
        self.duration.observe(seconds)
        if self.errors is not None:
            self.errors.inc()


_series = lru_cache(maxsize=None)(_Series)  # bounded by the URL table, the methods and the codes
