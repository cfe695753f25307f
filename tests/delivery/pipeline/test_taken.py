"""Two SMS that say the same to the same number: none is taken for the other."""

from typing import Any
from uuid import UUID

import pytest

from delivery.errors import DeliveryError, ErrorClass
from delivery.providers.base import Accepted, Message, Outcome
from delivery.receipts.apply import apply
from delivery.receipts.events import EventKind, ReceiptEvent
from signalbus.core.ids import new_id
from tenants.identity import TenantIdentity
from tests.delivery.history_rows import make_attempt, make_delivery, make_notification
from tests.delivery.pipeline.kit import Line, Scripted, ask
from tests.door import Api

PHONE = "+33612345678"
SILENCE = DeliveryError(error_class=ErrorClass.UNKNOWN_OUTCOME, code="timeout", detail="Silence.")


@pytest.fixture
def listed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the provider has of the text to the number; it can tell them apart by nothing else."""
    references: list[str] = []

    def reconcile(self: Scripted, message: Message) -> Outcome | None:
        free = [each for each in references if each not in message.taken]
        return Accepted(reference=free[0]) if free else None

    monkeypatch.setattr(Scripted, "reconcile", reconcile)
    return references


def send(line: Line, api: Api, outcome: Outcome) -> str:
    notification = ask(api, to=PHONE)
    line.provider.answers[PHONE].append(outcome)
    line.deliver("sms")
    return notification


def ask_provider(line: Line) -> None:
    line.pass_time(61)
    line.deliver("sms")


def test_the_lost_one_is_not_reported_as_sent(api: Api, line: Line, listed: list[str]) -> None:
    lost = send(line, api, SILENCE)
    there = send(line, api, Accepted(reference="SM2"))
    listed += ["SM2"]
    ask_provider(line)
    assert (line.delivery(lost).status, line.delivery(there).status) == ("queued", "sent")


def test_one_that_did_arrive_is_found_behind_the_other(
    api: Api, line: Line, listed: list[str]
) -> None:
    found = send(line, api, SILENCE)
    send(line, api, Accepted(reference="SM2"))
    listed += ["SM2", "SM1"]
    ask_provider(line)
    assert (line.delivery(found).status, line.delivery(found).reference) == ("sent", "SM1")


def test_of_two_in_doubt_only_one_gets_what_is_there(
    api: Api, line: Line, listed: list[str]
) -> None:
    both = [send(line, api, SILENCE) for _ in range(2)]
    listed += ["SM1"]
    ask_provider(line)
    assert sorted(line.delivery(each).status for each in both) == ["queued", "sent"]


def test_what_a_receipt_told_of_another_counts(api: Api, line: Line, listed: list[str]) -> None:
    lost = send(line, api, SILENCE)
    told = line.delivery(send(line, api, SILENCE))
    attempt = next(each for each in line.attempts() if each.delivery_id == told.id)
    assert attempt.account_id is not None
    event = ReceiptEvent(
        event_id="SM2:delivered",
        kind=EventKind.DELIVERED,
        occurred_at=attempt.started_at,
        delivery=told.id,
        attempt=attempt.id,
        reference="SM2",
    )
    apply(line.tenant.schema, attempt.account_id, [event])
    listed += ["SM2"]
    ask_provider(line)
    assert line.delivery(lost).status == "queued"


@pytest.mark.parametrize("fields", [{"account_id": new_id()}, {"address": "+33687654321"}])
def test_what_went_elsewhere_does_not(
    api: Api, line: Line, listed: list[str], acme: TenantIdentity, fields: dict[str, Any]
) -> None:
    """Another account's references are its own, and another number's are never listed."""
    found = send(line, api, SILENCE)
    notification = make_notification(acme)
    address = fields.get("address", PHONE)
    other = make_delivery(acme, notification, channel="sms", address=address)
    (attempt,) = line.attempts()
    account: UUID | None = fields.get("account_id", attempt.account_id)
    make_attempt(acme, other, account_id=account, reference="SM1")
    listed += ["SM1"]
    ask_provider(line)
    assert line.delivery(found).status == "sent"
