"""Every kind of traffic in one process: requests, deliveries of every fate, receipts, jobs."""

from dataclasses import dataclass, field
from typing import Any

from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from delivery.breaker_gauge import BreakerGauge
from delivery.breaker_rule import State
from signalbus import celery_jobs
from signalbus.bus.backlog import Backlog
from signalbus.celery import app
from signalbus.core import exposition, timed_cache
from signalbus.core.metrics import STREAM_ENDS
from signalbus.measuring import certificates, quotas, tenants
from tenants.identity import TenantIdentity
from tests.delivery.receipts.calls import event
from tests.delivery.receipts.sent import Sent, make_hooked
from tests.door import Api
from tests.make import make_account, make_key
from tests.tenants.limited import limit

EMAILS = ("delivered", "bounced", "complained", "invalid", "flaky", "down")
RETRY_SECONDS = 40_000.0
PHONES = ("+33612345678", "+33612340010", "+33612340021")


@dataclass
class Exposed:
    """What the processes answer at /metrics: each metric's labels, with the values seen."""

    labels: dict[str, dict[str, set[str]]] = field(default_factory=dict)

    @classmethod
    def now(cls) -> "Exposed":
        found = cls()
        for family in text_string_to_metric_families(exposition.page().decode()):
            for sample in family.samples:
                known = found.labels.setdefault(sample.name, {})
                for name, value in sample.labels.items():
                    known.setdefault(name, set()).add(value)
        return found


def make(acme: TenantIdentity, settings: Any, certificate: str) -> None:
    """All of it, some twenty notifications."""
    api = Api(make_key(acme, mode="test", limits={"requests_per_second": 1000}))
    # What is to be repeated must not come due before the drains are over: nobody would publish it.
    settings.RETRY_FIRST = settings.RETRY_LONGEST = RETRY_SECONDS
    asked = _ask(api)
    call_command("run_relay", "--drain")
    call_command("run_email_worker", "--drain")
    settings.RETRY_TRIES = 1
    call_command("run_sms_worker", "--drain")
    for each in asked:
        api.post(f"/notifications/{each}/redrive")
    _tell_receipts(acme)
    _let_a_breaker_open(acme)
    _measure(acme, settings, certificate)


def _ask(api: Api) -> list[str]:
    assert api.get("/notifications/nothing").status == 404
    answers = [
        api.post(
            "/notifications",
            {"channel": channel, "to": to, "subject": "Hi", "text": "Hello", "priority": lane},
        )
        for channel, to, lane in _people()
    ]
    assert {answer.status for answer in answers} == {202}
    return [answer.body["id"] for answer in answers]


def _people() -> list[tuple[str, str, str]]:
    lanes = ("high", "normal", "bulk")
    mails = [("email", f"{name}@example.org", lane) for name in EMAILS for lane in lanes]
    return mails + [("sms", phone, lane) for phone, lane in zip(PHONES, lanes, strict=True)]


def _tell_receipts(acme: TenantIdentity) -> None:
    sent = Sent(acme, make_hooked(acme, "postmark"))
    timed_cache.clear_all()
    assert sent.tell(event("postmark", "delivery")).status == 200


def _let_a_breaker_open(acme: TenantIdentity) -> None:
    account = make_account(acme)
    Api(make_key(acme)).get("/provider-accounts")
    gauge = BreakerGauge()
    gauge.show(account.id, State.OPEN)


def _measure(acme: TenantIdentity, settings: Any, certificate: str) -> None:
    """What processes do at their start, and by the clock."""
    settings.KAFKA_OPTIONS = {**settings.KAFKA_OPTIONS, "ssl.ca.location": certificate}
    celery_jobs.count_from_zero(app)
    STREAM_ENDS.labels("gone")
    certificates.measure()
    Backlog().measure()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE bus_outboxentry SET available_at = statement_timestamp()")
    limit(acme, email_per_day=1000)
    quotas.measure()
    tenants.measure(timezone.now())
