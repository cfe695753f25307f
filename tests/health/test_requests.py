"""What surrounds a request: its id, its trace, its line in the log, its metrics."""

import json
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from prometheus_client import REGISTRY
from structlog.contextvars import bind_contextvars, get_contextvars

from signalbus import middleware
from signalbus.core import logs, tracing
from signalbus.middleware import RequestContextMiddleware

PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


class Match:
    route = "api/v1/things/<uuid:id>"
    kwargs: dict[str, str] = {}


def call(
    path: str = "/api/v1/things/1", *, method: str = "GET", status: int = 200, **headers: str
) -> tuple[HttpRequest, HttpResponse, dict[str, Any]]:
    """The request, its response, and what the view saw."""
    seen: dict[str, Any] = {}

    def view(request: HttpRequest) -> HttpResponse:
        seen.update(get_contextvars(), trace_id=tracing.trace_id())
        bind_contextvars(correlation_id="c-1")
        return HttpResponse(status=status)

    request = RequestFactory().generic(method, path, headers=headers)
    request.resolver_match = Match() if path.startswith("/api") else None  # type: ignore[assignment]
    return request, RequestContextMiddleware(view)(request), seen  # type: ignore[return-value]


def count(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(f"signalbus_{name}", labels) or 0.0


@pytest.mark.parametrize("inbound", ["r-1", "0af7651916cd43dd", "a.b:c/d=", "x" * 128])
def test_a_well_formed_request_id_is_kept(inbound: str) -> None:
    request, response, seen = call(x_request_id=inbound)
    assert response["X-Request-Id"] == seen["request_id"] == request.request_id == inbound  # type: ignore[attr-defined]


@pytest.mark.parametrize("inbound", ["", "x" * 129, "a b", "a\nb", "ana@example.org", "-x", "é"])
def test_another_one_is_replaced(inbound: str) -> None:
    _, response, _ = call(x_request_id=inbound)
    assert response["X-Request-Id"] != inbound
    assert len(response["X-Request-Id"]) == 32


def test_the_trace_is_the_callers_or_a_new_one() -> None:
    assert call(traceparent=PARENT)[2]["trace_id"] == PARENT[3:35]
    assert call()[2]["trace_id"] != call()[2]["trace_id"]


def test_nothing_stays_bound_after_a_request() -> None:
    call(x_request_id="r-2")
    assert get_contextvars() == {}
    assert "correlation_id" not in call()[2]


def test_one_line_tells_of_a_request(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SIGNALBUS_LOG_LEVEL", "INFO")
    logs.configure()
    monkeypatch.setattr(middleware, "log", logs.get_logger("signalbus.access"))
    call("/api/v1/things/ana@example.org?address=ana@example.org", x_request_id="r-3", status=404)
    (line,) = [json.loads(text) for text in capfd.readouterr().err.splitlines()]
    assert line["event"] == "request"
    assert (line["method"], line["status"], line["request_id"]) == ("GET", 404, "r-3")
    assert (line["route"], line["path"]) == (Match.route, "/api/v1/things/a**@example.org")
    assert line["correlation_id"] == "c-1"
    assert line["duration_ms"] >= 0


def test_requests_are_counted_by_route_method_and_code() -> None:
    labels = {"route": Match.route, "method": "POST", "code": "503"}
    before = count("http_requests_total", **labels), count("http_errors_total", **labels)
    call(method="POST", status=503)
    after = count("http_requests_total", **labels), count("http_errors_total", **labels)
    assert after == (before[0] + 1, before[1] + 1)
    assert count("http_request_duration_seconds_count", **labels) == after[0]


def test_unknown_paths_and_methods_make_no_series_of_their_own() -> None:
    call("/no/such/page", method="BREW", status=404)
    assert count("http_requests_total", route="unmatched", method="other", code="404") >= 1
