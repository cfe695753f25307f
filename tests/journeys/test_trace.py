"""One trace leads from the caller's request to the provider's call."""

from django.core.management import call_command
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from tests.door import Api

CALLER = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
TRACE = int(CALLER[3:35], 16)


def test_one_trace_from_http_to_the_provider(
    streams: None, spans: InMemorySpanExporter, test_api: Api
) -> None:
    body = {"topic": "welcome", "recipient": {"email": "ana@example.org"}}
    answer = test_api.post("/notify", body, traceparent=CALLER)
    assert answer.body["trace_id"] == CALLER[3:35]
    call_command("run_relay", "--drain")
    call_command("run_email_worker", "--drain")
    mine = {s.context.span_id: s for s in spans.get_finished_spans() if s.context.trace_id == TRACE}
    path = _path_to(next(s for s in mine.values() if s.name == "provider.send"), mine)
    assert [span.name for span in path][-2:] == ["publish", "provider.send"]
    assert path[0].name.startswith("POST")
    assert f"{path[0].parent.span_id:016x}" == CALLER[36:52]
    assert test_api.get(f"/notifications/{answer.body['id']}").body["status"] == "delivered"


def _path_to(span: ReadableSpan, by_id: dict[int, ReadableSpan]) -> list[ReadableSpan]:
    """The span's ancestors that were recorded, the eldest first."""
    path = [span]
    while path[0].parent and path[0].parent.span_id in by_id:
        path.insert(0, by_id[path[0].parent.span_id])
    return path
