"""Attempts whose outcome nobody knows: expired claims, questions to the provider, late words."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from django.db import OperationalError
from prometheus_client import REGISTRY

from delivery import accounts
from delivery.errors import DeliveryError, ErrorClass
from delivery.models import ProviderAccount
from delivery.pipeline import plan, record
from delivery.pipeline.worker import Worker
from delivery.providers.base import Accepted
from delivery.receipts.apply import apply
from delivery.receipts.events import EventKind, ReceiptEvent
from delivery.redrive import redrive
from signalbus.bus import outbox
from tenants import wire
from tenants.context import in_tenant
from tenants.schemas import TenantWork, run_for_tenants
from tests.delivery.pipeline.kit import Line, Scripted, ask, settle, until
from tests.door import Api

EMAIL, PHONE = "ana@example.org", "+33612345678"
UNKNOWN = DeliveryError(error_class=ErrorClass.UNKNOWN_OUTCOME, code="timeout", detail="Silence.")
REFUSED = DeliveryError(error_class=ErrorClass.CONTENT_REFUSED, code="30007", detail="Filtered.")


def abandon(line: Line, channel: str = "email") -> Worker:
    """A worker that has claimed and called, and whose claim then expires."""
    line.publish()
    line.provider.gate.clear()
    worker = line.worker(channel)
    until(lambda: line.provider.sent, worker)
    line.pass_time(1000)
    return worker


def test_an_expired_claim_is_recorded_as_unknown_and_repeated(api: Api, line: Line) -> None:
    ask(api)
    abandon(line)
    line.deliver()
    (attempt,) = line.attempts()
    assert (attempt.outcome, attempt.code, attempt.duration_ms) == (
        "unknown",
        "claim-expired",
        None,
    )
    entry = line.entry()
    assert entry is not None
    assert (entry.claim, entry.reason, entry.tries) == (None, "retry", 1)
    line.provider.gate.set()
    line.pass_time(10)
    line.deliver()
    assert line.delivery().status == "sent"
    assert line.provider.sent[-1].possibly_repeated


def test_an_expired_claim_is_recorded_on_a_paused_line_too(api: Api, line: Line) -> None:
    ask(api)
    abandon(line)
    outbox.pause("", line.tenant.id, "suspended")
    line.deliver()
    assert [each.outcome for each in line.attempts()] == ["unknown"]
    line.provider.gate.set()


def test_a_late_acceptance_settles_what_waits_to_be_repeated(api: Api, line: Line) -> None:
    ask(api)
    first = abandon(line)
    line.deliver()
    line.provider.gate.set()
    settle(first)
    assert (line.delivery().status, line.notification().status) == ("sent", "sent")
    assert line.entry() is None
    assert [each.outcome for each in line.attempts()] == ["accepted"]


def test_a_late_acceptance_is_counted_and_known_to_the_delivery(api: Api, line: Line) -> None:
    labels = {"channel": "email", "lane": "normal", "outcome": "sent"}

    def count() -> float:
        name = "signalbus_notifications_processed_total"
        return REGISTRY.get_sample_value(name, labels) or 0.0

    before = count()
    ask(api)
    first = abandon(line)
    line.deliver()
    line.provider.gate.set()
    settle(first)
    (attempt,), delivery = line.attempts(), line.delivery()
    assert count() == before + 1
    assert (delivery.attempts, delivery.account_id, delivery.reference) == (
        1,
        attempt.account_id,
        attempt.reference,
    )


def test_a_late_acceptance_settles_what_was_parked(api: Api, line: Line) -> None:
    ask(api, to=PHONE)
    Scripted.reconciles = False
    try:
        first = abandon(line, "sms")
        line.deliver("sms")
        assert line.delivery().status == "unknown"
        line.provider.gate.set()
        settle(first)
    finally:
        Scripted.reconciles = True
    assert (line.delivery().status, line.delivery().error_class) == ("sent", "")


def test_a_late_acceptance_leaves_another_attempt_alone(api: Api, line: Line) -> None:
    ask(api)
    first = abandon(line)
    line.deliver()
    line.pass_time(10)
    line.publish()
    second = line.worker()
    until(lambda: len(line.provider.sent) == 2, second)
    line.provider.gate.set()
    settle(first)
    assert line.delivery().status == "queued"
    settle(second)
    assert line.delivery().status == "sent"
    assert [each.outcome for each in line.attempts()] == ["accepted", "accepted"]


def test_a_late_refusal_changes_no_state(api: Api, line: Line) -> None:
    ask(api)
    line.provider.answers[EMAIL] += [REFUSED]
    first = abandon(line)
    line.deliver()
    line.provider.gate.set()
    settle(first)
    assert line.delivery().status == "queued"
    assert [each.outcome for each in line.attempts()] == ["refused"]


def test_a_worker_prolongs_what_it_has_in_flight(api: Api, line: Line) -> None:
    ask(api)
    line.publish()
    line.provider.gate.clear()
    worker = line.worker()
    until(lambda: line.provider.sent, worker)
    before = line.entry()
    line.pass_time(60)
    worker._prolong_at = 0.0
    worker.step()
    after = line.entry()
    assert before is not None
    assert after is not None
    assert after.available_at > before.available_at
    line.provider.gate.set()
    settle(worker)


def test_a_claim_that_expired_and_was_published_again_is_lost(api: Api, line: Line) -> None:
    ask(api)
    worker = abandon(line)
    (call,) = worker._flight
    line.publish()
    assert worker._claims.holds(call)
    assert worker._claims.prolong([call], 120) == {call.entry}
    assert not worker._claims.holds(call)
    line.provider.gate.set()
    settle(worker)


def test_a_question_lets_no_send_of_its_attempt_begin(api: Api, line: Line) -> None:
    """Both are claimed in that attempt's name; the send may still wait for a thread."""
    ask(api)
    worker = abandon(line)
    (send,) = worker._flight
    question = replace(send, reconciles=True)
    worker._claims.forget(send)
    worker._claims.prolong([question], 120)
    assert worker._claims.holds(question)
    assert not worker._claims.holds(send)
    line.provider.gate.set()
    settle(worker)


def test_its_own_call_is_never_an_expired_claim(api: Api, line: Line) -> None:
    ask(api)
    worker = abandon(line)
    line.publish()
    worker.step()
    line.provider.gate.set()
    settle(worker)
    assert [each.outcome for each in line.attempts()] == ["accepted"]
    assert line.delivery().status == "sent"


def test_a_call_whose_claim_ran_out_before_it_began_is_not_made(api: Api, line: Line) -> None:
    ask(api)
    line.publish()
    worker = line.worker()
    worker._claims.holds = lambda call: False  # type: ignore[method-assign]
    worker._dispatcher._still_claimed = worker._claims.holds
    settle(worker)
    entry = line.entry()
    assert entry is not None
    assert (line.provider.sent, line.attempts()) == ([], [])
    assert (entry.claim, entry.published) == (None, False)
    line.deliver()
    assert line.delivery().status == "sent"


@pytest.fixture
def unknown_sms(api: Api, line: Line) -> Line:
    """An SMS whose call timed out."""
    line.provider.answers[PHONE] += [UNKNOWN]
    ask(api, to=PHONE)
    line.deliver("sms")
    return line


def test_an_unknown_sms_is_asked_about_and_not_sent_again(api: Api, unknown_sms: Line) -> None:
    line, entry = unknown_sms, unknown_sms.entry()
    assert entry is not None
    assert (entry.purpose, entry.reason, line.delivery().status) == (
        "reconcile",
        "reconcile",
        "queued",
    )
    line.provider.known[PHONE] = Accepted(reference="SM1")
    line.pass_time(61)
    line.deliver("sms")
    (attempt,), delivery = line.attempts(), line.delivery()
    assert (attempt.outcome, attempt.reference) == ("accepted", "SM1")
    assert (delivery.status, delivery.reference, line.entry()) == ("sent", "SM1", None)
    assert (len(line.provider.sent), len(line.provider.asked)) == (1, 1)
    (question,) = line.provider.asked
    assert (question.attempt, question.called_at) == (attempt.id, attempt.started_at)


def test_it_is_asked_after_each_pause_and_then_parked(unknown_sms: Line) -> None:
    line = unknown_sms
    line.pass_time(61)
    line.deliver("sms")
    assert line.delivery().status == "queued"
    line.pass_time(100)
    line.deliver("sms")
    assert len(line.provider.asked) == 1, "not before its time"
    line.pass_time(200)
    line.deliver("sms")
    assert len(line.provider.asked) == 2
    assert (line.delivery().status, line.entry()) == ("unknown", None)
    assert [each.outcome for each in line.attempts()] == ["unknown"]


def test_a_refusal_found_out_later_is_treated_like_any(unknown_sms: Line) -> None:
    line = unknown_sms
    line.provider.known[PHONE] = REFUSED
    line.pass_time(61)
    line.deliver("sms")
    assert (line.delivery().status, line.delivery().error_code) == ("failed", "30007")


def test_a_question_that_is_under_way_forbids_to_cancel(api: Api, unknown_sms: Line) -> None:
    notification = unknown_sms.notification()
    assert api.post(f"/notifications/{notification.id}/cancel").status == 409


def test_where_nobody_can_be_asked_it_is_parked_at_once(
    api: Api, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Scripted, "reconciles", False)
    line.provider.answers[PHONE] += [UNKNOWN]
    ask(api, to=PHONE)
    line.deliver("sms")
    assert (line.delivery().status, line.entry()) == ("unknown", None)


def test_an_account_that_is_gone_cannot_be_asked(unknown_sms: Line) -> None:
    line = unknown_sms
    with in_tenant(line.tenant):
        ProviderAccount.objects.all().delete()
    accounts.forget()
    line.pass_time(61)
    line.deliver("sms")
    assert line.provider.asked == []
    assert line.delivery().status == "unknown"


def test_an_account_that_is_disabled_is_asked_nevertheless(unknown_sms: Line) -> None:
    line = unknown_sms
    with in_tenant(line.tenant):
        ProviderAccount.objects.update(enabled=False)
    accounts.forget()
    line.provider.known[PHONE] = Accepted(reference="SM1")
    line.pass_time(61)
    line.deliver("sms")
    assert (len(line.provider.asked), line.delivery().status) == (1, "sent")


@pytest.fixture
def unreadable(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Lets every look at accounts fail from now on."""

    def fail() -> None:
        accounts.forget()
        monkeypatch.setattr(plan, "accounts_of_all", lambda tenants: {})

    return fail


def test_a_question_waits_while_the_accounts_cannot_be_read(
    unknown_sms: Line, unreadable: Callable[[], None]
) -> None:
    line = unknown_sms
    line.pass_time(61)
    unreadable()
    line.deliver("sms")
    entry = line.entry()
    assert entry is not None
    assert (line.delivery().status, entry.purpose, entry.reason) == ("queued", "reconcile", "busy")


def test_an_expired_claim_waits_while_the_accounts_cannot_be_read(
    api: Api, line: Line, unreadable: Callable[[], None]
) -> None:
    ask(api, to=PHONE)
    first = abandon(line, "sms")
    unreadable()
    line.deliver("sms")
    entry = line.entry()
    assert entry is not None
    assert (entry.claim is None, line.attempts()) == (False, [])
    line.provider.gate.set()
    settle(first)


def test_a_question_whose_worker_died_is_asked_again(unknown_sms: Line) -> None:
    line = unknown_sms
    line.pass_time(61)
    line.publish()
    worker = line.worker("sms")
    worker._dispatcher.submit = lambda *given: None  # type: ignore[method-assign]
    until(lambda: len(worker._flight), worker)
    line.pass_time(150)
    line.deliver("sms")
    entry = line.entry()
    assert entry is not None
    assert (entry.purpose, entry.claim) == ("reconcile", None)
    line.provider.known[PHONE] = Accepted(reference="SM1")
    line.pass_time(300)
    line.deliver("sms")
    assert line.delivery().status == "sent"


def receipt(line: Line, kind: EventKind) -> None:
    """The provider's word on the call that it got last."""
    message = line.provider.sent[-1]
    event = ReceiptEvent(
        event_id=str(message.attempt),
        kind=kind,
        delivery=message.delivery,
        attempt=message.attempt,
        occurred_at=datetime.now(UTC),
    )
    apply(line.tenant.schema, line.provider.account.id, [event])


@pytest.fixture
def under_way(api: Api, line: Line) -> Worker:
    """A worker whose call the provider has taken, though it has not answered yet."""
    ask(api)
    line.publish()
    line.provider.gate.clear()
    worker = line.worker()
    until(lambda: line.provider.sent, worker)
    return worker


def test_a_failure_told_before_our_record_stays(line: Line, under_way: Worker) -> None:
    receipt(line, EventKind.FAILED)
    line.provider.gate.set()
    settle(under_way)
    assert (line.delivery().status, line.notification().status) == ("failed", "failed")
    assert [each.outcome for each in line.attempts()] == ["accepted"]


def test_the_acceptance_of_what_failed_later_does_not_settle_its_redrive(
    line: Line, under_way: Worker
) -> None:
    receipt(line, EventKind.FAILED)
    with in_tenant(line.tenant):
        redrive("live", [line.notification().id], "a test")
    line.provider.gate.set()
    settle(under_way)
    assert line.delivery().status == "queued"
    assert line.entry() is not None


def test_the_acceptance_of_an_earlier_attempt_does_not_overrule_it_either(
    api: Api, line: Line
) -> None:
    ask(api)
    first = abandon(line)
    line.deliver()
    line.pass_time(10)
    line.publish()
    second = line.worker()
    until(lambda: len(line.provider.sent) == 2, second)
    receipt(line, EventKind.FAILED)
    line.provider.gate.set()
    settle(first)
    settle(second)
    assert (line.delivery().status, line.entry()) == ("failed", None)


def test_a_late_acceptance_outlives_a_lost_connection(
    api: Api, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(api)
    first = abandon(line)
    line.deliver()
    line.provider.gate.set()
    trips = 0

    def once(work: Sequence[TenantWork]) -> list[list[wire.Rows] | Exception]:
        nonlocal trips
        trips += 1
        if trips == 2:
            raise OperationalError("The connection is lost.")
        return run_for_tenants(work)

    monkeypatch.setattr(record, "run_for_tenants", once)
    settle(first)
    assert (line.delivery().status, line.entry()) == ("sent", None)
