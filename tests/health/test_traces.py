"""A request's trace, from the caller's context on."""

from django.test import Client
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from signalbus.core import tracing

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


def test_being_watched_is_not_traced(spans: InMemorySpanExporter) -> None:
    for path in ("/livez", "/health", "/metrics"):
        Client().get(path)
    assert spans.get_finished_spans() == ()


def test_work_begun_elsewhere_goes_on_from_its_envelope(spans: InMemorySpanExporter) -> None:
    with tracing.span("accept"):
        travelling = tracing.current_traceparent()
    with tracing.span("provider.send", parent=travelling):
        pass
    accept, send = spans.get_finished_spans()
    assert send.context.trace_id == accept.context.trace_id
    assert send.parent is not None
    assert send.parent.span_id == accept.context.span_id
