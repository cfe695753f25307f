import re

import pytest
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from signalbus.core import tracing

PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
TRACE = "0af7651916cd43dd8448eb211c80319c"


def test_a_request_without_a_trace_gets_one() -> None:
    token = tracing.enter(None)
    assert tracing.well_formed(tracing.current_traceparent())
    assert tracing.trace_id() == tracing.current_traceparent()[3:35]
    tracing.leave(token)


def test_an_inbound_trace_goes_on_with_a_span_of_its_own() -> None:
    token = tracing.enter(PARENT)
    assert tracing.trace_id() == TRACE
    assert tracing.current_traceparent() != PARENT
    assert tracing.well_formed(tracing.current_traceparent())
    tracing.leave(token)


@pytest.mark.parametrize(
    "text",
    ["", "garbage", PARENT + "0", PARENT.upper(), "00-" + "0" * 32 + PARENT[35:], "\n" + PARENT],
)
def test_a_malformed_trace_is_not_taken_over(text: str) -> None:
    token = tracing.enter(text)
    assert re.fullmatch(r"[0-9a-f]{32}", tracing.trace_id())
    assert tracing.trace_id() not in text
    tracing.leave(token)


@pytest.mark.parametrize(
    ("text", "is_so"),
    [(PARENT, True), (PARENT[:-2] + "03", True), (PARENT[:-2] + "02", False), ("", False)],
)
def test_a_trace_is_recorded_by_one_bit_of_its_flags(text: str, is_so: bool) -> None:
    assert tracing.sampled(text) is is_so


def test_while_off_a_span_carries_its_parent_and_gives_it_back() -> None:
    token = tracing.enter(None)
    before = tracing.current_traceparent()
    with tracing.span("work", parent=PARENT, lane="high") as span:
        assert tracing.current_traceparent() == PARENT
        span.set_attribute("harmless", 1)
    assert tracing.current_traceparent() == before
    tracing.leave(token)


def test_spans_follow_a_parent_from_elsewhere(spans: InMemorySpanExporter) -> None:
    with tracing.span("deliver", parent=PARENT, lane="high"):
        assert tracing.trace_id() == TRACE
        inner = tracing.current_traceparent()
        with tracing.span("call provider"):
            assert tracing.trace_id() == TRACE
    call, deliver = spans.get_finished_spans()
    assert deliver.attributes == {"lane": "high"}
    assert deliver.parent is not None
    assert f"{deliver.parent.span_id:016x}" == PARENT[36:52]
    assert call.parent == deliver.context
    assert inner[36:52] == f"{deliver.context.span_id:016x}"


def test_a_spans_error_is_recorded(spans: InMemorySpanExporter) -> None:
    with pytest.raises(ValueError, match="broken"), tracing.span("work"):
        raise ValueError("broken")
    (work,) = spans.get_finished_spans()
    assert work.status.status_code.name == "ERROR"
