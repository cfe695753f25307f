"""One trace leads from the caller's request to the provider's call and back."""

import json
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from notifications.models import Notification
from signalbus import middleware
from signalbus.core import logs
from tenants.context import in_tenant
from tenants.identity import TenantIdentity
from tenants.operators import logins
from tests.console.conftest import PASSWORD, logged_in
from tests.console.everything import address
from tests.door import Api

CALLER = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
WITH_AND_WITHOUT = pytest.mark.parametrize(
    "headers", [{"traceparent": CALLER}, {}], ids=["inbound", "none"]
)
BODY = {"channel": "email", "to": "bounced@example.org", "subject": "Hi", "text": "Hello"}


def sent(api: Api, headers: dict[str, str]) -> Any:
    """The answer to a message that bounces, once all is done with it."""
    answer = api.post("/notifications", BODY, **headers)
    call_command("run_relay", "--drain")
    call_command("run_email_worker", "--drain")
    return answer.body


@WITH_AND_WITHOUT
def test_one_trace_from_http_to_the_provider_and_back(
    streams: None, spans: InMemorySpanExporter, test_api: Api, headers: dict[str, str]
) -> None:
    trace = sent(test_api, headers)["trace_id"]
    told = [s for s in spans.get_finished_spans() if f"{s.context.trace_id:032x}" == trace]
    mine = {span.context.span_id: span for span in told}
    path = _path_to(next(s for s in mine.values() if s.name == "provider.send"), mine)
    assert [span.name for span in path] == ["POST api/v1/notifications", "publish", "provider.send"]
    receipts = [span for span in told if span.name == "receipt"]
    assert [span.attributes["status"] for span in receipts if span.attributes] == ["bounced"]
    if headers:
        assert trace == CALLER[3:35]
        assert f"{path[0].parent.span_id:016x}" == CALLER[36:52]


@WITH_AND_WITHOUT
def test_its_id_stands_in_the_api_the_console_and_the_logs(
    streams: None,
    acme: TenantIdentity,
    test_api: Api,
    headers: dict[str, str],
    settings: Any,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings.TRACE_URL = "https://traces.example.org/trace/{trace_id}"
    _log_everything(monkeypatch)
    answer = sent(test_api, headers)
    trace = answer["trace_id"]
    assert test_api.get(f"/notifications/{answer['id']}").body["trace_id"] == trace
    (listed,) = test_api.get("/notifications").body["results"]
    assert listed["trace_id"] == trace
    page = _olga(acme).get(address(Notification, f"{answer['id']}/change/")).content.decode()
    assert f'href="https://traces.example.org/trace/{trace}"' in page
    lines = [json.loads(line) for line in capfd.readouterr().err.splitlines() if line[:1] == "{"]
    events = {line["event"] for line in lines if line.get("trace_id") == trace}
    assert {"request", "delivery.bounced"} <= events


def _log_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as environment:
        environment.setenv("SIGNALBUS_LOG_LEVEL", "INFO")
        logs.configure()
    monkeypatch.setattr(middleware, "log", logs.get_logger("signalbus.access"))  # not a kept one


def _olga(acme: TenantIdentity) -> Client:
    with in_tenant(acme):
        logins.create_operator("olga", PASSWORD)
    return logged_in("acme.localhost")


def _path_to(span: ReadableSpan, by_id: dict[int, ReadableSpan]) -> list[ReadableSpan]:
    """The span's ancestors that were recorded, the eldest first."""
    path = [span]
    while path[0].parent and path[0].parent.span_id in by_id:
        path.insert(0, by_id[path[0].parent.span_id])
    return path
