"""A receipt is told in the trace of the request that it answers."""

import json
from typing import Any

import pytest
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from notifications.models import Notification
from signalbus.core import logs
from tenants.context import in_tenant
from tests.delivery.receipts.calls import event
from tests.delivery.receipts.sent import Sent, make_hooked

TRACE = "0af7651916cd43dd8448eb211c80319c"


def hooked(acme: Any) -> Sent:
    sent = Sent(acme, make_hooked(acme, "postmark"))
    with in_tenant(acme):
        Notification.objects.update(trace_id=TRACE)
    return sent


def test_a_span_of_that_trace(spans: InMemorySpanExporter, acme: Any) -> None:
    sent = hooked(acme)
    assert sent.tell(event("postmark", "delivery")).status == 200
    (receipt,) = [span for span in spans.get_finished_spans() if span.name == "receipt"]
    assert f"{receipt.context.trace_id:032x}" == TRACE
    assert receipt.attributes["delivery"] == str(sent.delivery.id)
    assert receipt.attributes["status"] == "delivered"


def test_a_bounce_stands_in_the_log_under_that_trace(
    acme: Any, capfd: pytest.CaptureFixture[str]
) -> None:
    logs.configure()
    sent = hooked(acme)
    sent.tell(event("postmark", "hard_bounce"))
    lines = [json.loads(line) for line in capfd.readouterr().err.splitlines() if line[:1] == "{"]
    (told,) = [line for line in lines if line["event"] == "delivery.bounced"]
    assert told["trace_id"] == TRACE
