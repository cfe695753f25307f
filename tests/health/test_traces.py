"""A request's trace, from the caller's context on."""

from typing import Any

from django.db import connection
from django.test import Client
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from signalbus.core import tracing
from signalbus.core.health import ROUTES

PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def test_a_request_goes_on_with_the_callers_trace(spans: InMemorySpanExporter) -> None:
    answer = Client().get(
        "/nowhere/bob@example.org?address=ana@example.org", headers={"traceparent": PARENT}
    )
    assert answer.status_code == 404
    (request,) = spans.get_finished_spans()
    assert f"{request.context.trace_id:032x}" == PARENT[3:35]
    assert request.attributes is not None
    assert request.attributes["http.url"] == "http://testserver/nowhere/b**@example.org"


def test_a_trace_holds_no_secret_of_a_link(database: None, spans: InMemorySpanExporter) -> None:
    Client().get("/admin/join/Zx9-k_2/", headers={"host": "localhost"})
    requests = [span for span in spans.get_finished_spans() if span.parent is None]
    assert [dict(span.attributes or {})["http.url"] for span in requests] == [
        "http://localhost/admin/join/***/"
    ]
    assert "Zx9-k_2" not in repr([dict(span.attributes or {}) for span in requests])


def test_being_watched_is_not_traced(spans: InMemorySpanExporter) -> None:
    for path in ("/livez", "/health", "/metrics"):
        Client().get(path)
    assert spans.get_finished_spans() == ()


def test_a_process_tells_of_itself_by_whatever_name_it_is_asked(
    database: None, spans: InMemorySpanExporter, settings: Any
) -> None:
    settings.ALLOWED_HOSTS = ["signalbus.example.org"]
    for route in ROUTES:
        answer = Client(headers={"host": "172.18.0.7:8000"}).get(f"/{route}")
        assert answer.status_code == 200, route
    assert spans.get_finished_spans() == ()


def test_a_name_that_is_refused_is_not_traced(spans: InMemorySpanExporter, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["signalbus.example.org"]
    assert Client(headers={"host": "elsewhere.example"}).get("/nowhere").status_code == 400
    assert spans.get_finished_spans() == ()


def test_queries_that_belong_to_no_work_are_not_traced(
    database: None, spans: InMemorySpanExporter
) -> None:
    def ask() -> None:
        connection.close()
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")

    ask()
    assert spans.get_finished_spans() == ()
    with tracing.span("work"):
        ask()
    assert {"SELECT", "work"} <= {span.name for span in spans.get_finished_spans()}


def test_work_begun_elsewhere_goes_on_from_its_envelope(spans: InMemorySpanExporter) -> None:
    with tracing.span("accept"):
        travelling = tracing.current_traceparent()
    with tracing.span("provider.send", parent=travelling):
        pass
    accept, send = spans.get_finished_spans()
    assert send.context.trace_id == accept.context.trace_id
    assert send.parent is not None
    assert send.parent.span_id == accept.context.span_id
