"""A clock that is set back by minutes while workers run: claims, questions, attempts and pauses."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
import time_machine

from delivery.errors import DeliveryError, ErrorClass
from delivery.pipeline import plan
from delivery.providers.base import Accepted
from delivery.receipts.apply import apply
from delivery.receipts.events import EventKind, ReceiptEvent
from signalbus.bus import outbox
from signalbus.core.ids import lowest_id_at
from tenants.identity import TenantIdentity
from tests.delivery.pipeline.kit import Line, ask, settle, until
from tests.door import Api

EMAIL, PHONE = "ana@example.org", "+33612345678"
MINUTES = timedelta(minutes=10)
UNKNOWN = DeliveryError(error_class=ErrorClass.UNKNOWN_OUTCOME, code="timeout", detail="Silence.")
DOWN = DeliveryError(error_class=ErrorClass.PROVIDER_DOWN, code="503", detail="Broken.")


@pytest.fixture
def ids_of_slow_clocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each attempt is made by another machine, whose clock is further behind."""

    def ids() -> Iterator[UUID]:
        now = datetime.now(UTC)
        for number in range(100):
            yield UUID(int=lowest_id_at(now - number * MINUTES).int + number)

    made = ids()
    monkeypatch.setattr(plan, "new_id", lambda: next(made))


def set_back() -> time_machine.travel:
    return time_machine.travel(datetime.now(UTC) - MINUTES)


def test_a_claim_holds_and_its_call_is_recorded_at_its_time(api: Api, line: Line) -> None:
    ask(api)
    worker = line.deliver()
    ask(api)
    line.publish()
    line.provider.gate.clear()
    began = datetime.now(UTC)
    with set_back():
        until(lambda: len(line.provider.sent) == 2, worker)
        (call,) = worker._flight
        assert worker._claims.holds(call)
        assert abs(worker._turn.now - began) < timedelta(seconds=10)
        line.provider.gate.set()
        settle(worker)
    assert [each.outcome for each in line.attempts()] == ["accepted", "accepted"]
    assert all(abs(each.started_at - began) < timedelta(seconds=10) for each in line.attempts())


def test_a_worker_knows_the_time_after_its_clock_was_set_back(api: Api, line: Line) -> None:
    ask(api)
    worker = line.deliver()
    before = worker._turn.now
    with set_back():
        assert timedelta(0) <= worker._turn.now - before < timedelta(seconds=10)


def test_a_claim_that_ran_out_is_found(api: Api, line: Line) -> None:
    ask(api)
    line.publish()
    line.provider.gate.clear()
    first = line.worker()
    until(lambda: line.provider.sent, first)
    with set_back():
        line.pass_time(1000)
        line.deliver()
        assert [each.code for each in line.attempts()] == ["claim-expired"]
        line.provider.gate.set()
        settle(first)
    assert line.delivery().status == "sent"


def test_a_question_is_put_in_its_time(api: Api, line: Line) -> None:
    line.provider.answers[PHONE] += [UNKNOWN]
    ask(api, to=PHONE)
    worker = line.deliver("sms")
    line.provider.known[PHONE] = Accepted(reference="SM1")
    with set_back():
        line.pass_time(61)
        line.publish()
        settle(worker)
    assert (len(line.provider.asked), line.delivery().status) == (1, "sent")


@pytest.mark.usefixtures("ids_of_slow_clocks")
def test_the_question_is_about_the_last_attempt(api: Api, line: Line) -> None:
    line.provider.answers[PHONE] += [DOWN, UNKNOWN]
    ask(api, to=PHONE)
    line.deliver("sms")
    line.pass_time(100)
    line.deliver("sms")
    assert [each.outcome for each in line.attempts()] == ["refused", "unknown"]
    line.pass_time(61)
    line.deliver("sms")
    assert [each.attempt for each in line.provider.asked] == [line.attempts()[1].id]
    assert len(line.provider.sent) == 2


@pytest.mark.usefixtures("ids_of_slow_clocks")
@pytest.mark.parametrize(("number", "status"), [(1, "sent"), (2, "bounced")])
def test_bad_news_count_for_the_last_attempt(
    api: Api, line: Line, number: int, status: str
) -> None:
    line.provider.answers[EMAIL] += [DOWN]
    ask(api)
    line.deliver()
    line.pass_time(100)
    line.deliver()
    attempt = line.attempts()[number - 1]
    assert attempt.account_id is not None
    event = ReceiptEvent(
        event_id=str(uuid4()),
        kind=EventKind.BOUNCED,
        delivery=attempt.delivery_id,
        attempt=attempt.id,
        occurred_at=datetime.now(UTC),
    )
    apply(line.tenant.schema, attempt.account_id, [event])
    assert line.delivery().status == status


def test_a_pause_ends_in_its_time(acme: TenantIdentity) -> None:
    outbox.pause("email.normal", acme.id, "breaker", seconds=0.2)
    with set_back():
        assert outbox.pauses([("email.normal", acme.id)])
        time.sleep(0.25)
        assert not outbox.pauses([("email.normal", acme.id)])
