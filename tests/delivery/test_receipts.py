"""Receipts: once, in any order, before our own commit; what they move and what they suppress."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.utils import timezone
from prometheus_client import REGISTRY

from delivery.models import DeadLetter, Receipt
from delivery.receipts.apply import apply
from delivery.receipts.events import EventKind, ReceiptEvent
from notifications.models import Delivery, Notification, Suppression
from signalbus.bus.models import OutboxEntry
from signalbus.core.ids import new_id
from tenants.context import in_tenant
from tenants.schemas import count_statements
from tests.delivery.history_rows import make_attempt, make_delivery, make_letter, make_notification
from tests.make import make_account

ACCOUNT = uuid4()


class Sent:
    """A delivery with one attempt, and what the tests ask of it."""

    def __init__(self, tenant: Any, status: str = "sent", **fields: Any) -> None:
        self.tenant = tenant
        notification = make_notification(tenant, status=status, mode=fields.pop("mode", "live"))
        self.id = make_delivery(tenant, notification, **fields).id
        self.notification = notification.id
        self.attempt = self.try_again()

    def try_again(self) -> UUID:
        """Another attempt, recorded."""
        return make_attempt(
            self.tenant, self.row, account_id=ACCOUNT, reference=f"ref-{self.id}"
        ).id

    def event(self, kind: EventKind = EventKind.DELIVERED, **fields: Any) -> ReceiptEvent:
        given = {
            "event_id": str(uuid4()),
            "kind": kind,
            "delivery": self.id,
            "attempt": self.attempt,
            "occurred_at": timezone.now(),
        }
        return ReceiptEvent(**{**given, **fields})

    def apply(self, *events: ReceiptEvent) -> int:
        return apply(self.tenant.schema, ACCOUNT, events)

    @property
    def row(self) -> Delivery:
        with in_tenant(self.tenant):
            return Delivery.objects.get(id=self.id)

    @property
    def status(self) -> str:
        return self.row.status

    @property
    def receipts(self) -> list[tuple[str, bool]]:
        with in_tenant(self.tenant):
            return list(Receipt.objects.order_by("id").values_list("event", "applied"))

    @property
    def suppressions(self) -> list[tuple[str, str, str, str]]:
        with in_tenant(self.tenant):
            columns = ("mode", "channel", "address", "reason")
            return list(Suppression.objects.values_list(*columns))

    def entry(self, **fields: Any) -> Any:
        """Its place in the line, changed if fields are given."""
        rows = OutboxEntry.objects.filter(id=self.id)
        if fields:
            rows.update(**fields)
        return rows.first()


@pytest.fixture
def sent(acme: Any) -> Sent:
    return Sent(acme)


@pytest.fixture
def queued(acme: Any) -> Sent:
    return Sent(acme, "queued")


def test_delivered(sent: Sent):
    assert sent.apply(sent.event()) == 1
    assert sent.status == "delivered"
    assert sent.receipts == [("delivered", True)]
    with in_tenant(sent.tenant):
        assert Notification.objects.get(id=sent.notification).status == "delivered"


def test_a_hard_bounce_suppresses(sent: Sent):
    event = sent.event(EventKind.BOUNCED, code="5.1.1", detail="No such user")
    assert sent.apply(event) == 1
    row = sent.row
    assert (row.status, row.error_class) == ("bounced", "bad_address")
    assert (row.error_code, row.detail) == ("5.1.1", "No such user")
    assert sent.suppressions == [("live", "email", "ana@example.org", "hard_bounce")]


def test_suppressions_keep_to_the_mode(acme: Any):
    sent = Sent(acme, mode="test", address="Ana@Example.org")
    sent.apply(sent.event(EventKind.BOUNCED))
    assert sent.suppressions == [("test", "email", "ana@example.org", "hard_bounce")]


def test_a_complaint_moves_nothing_but_suppresses(sent: Sent):
    assert sent.apply(sent.event(), sent.event(EventKind.COMPLAINED)) == 1
    assert sent.status == "delivered"
    assert sent.receipts == [("delivered", True), ("complained", False)]
    assert sent.suppressions == [("live", "email", "ana@example.org", "complaint")]


def test_an_opt_out_suppresses(sent: Sent):
    assert sent.apply(sent.event(EventKind.OPTED_OUT)) == 0
    assert sent.suppressions == [("live", "email", "ana@example.org", "opt_out")]


def test_a_suppression_that_was_to_end_stays_now(sent: Sent):
    with in_tenant(sent.tenant):
        Suppression.objects.create(
            channel="email",
            address="ana@example.org",
            reason="manual",
            expires_at=timezone.now() + timedelta(days=1),
        )
    sent.apply(sent.event(EventKind.BOUNCED))
    with in_tenant(sent.tenant):
        (row,) = Suppression.objects.all()
    assert (row.reason, row.expires_at) == ("hard_bounce", None)


def test_twice_is_once(sent: Sent):
    event = sent.event()
    assert sent.apply(event, event) == 1
    assert sent.apply(event) == 0
    assert sent.receipts == [("delivered", True)]


def test_the_same_event_id_of_another_account_is_another_event(sent: Sent):
    event = sent.event()
    sent.apply(event)
    apply(sent.tenant.schema, uuid4(), [event])
    assert sent.receipts == [("delivered", True), ("delivered", False)]


@pytest.mark.parametrize(
    ("kinds", "status"),
    [
        ((EventKind.DELIVERED, EventKind.BOUNCED), "delivered"),
        ((EventKind.BOUNCED, EventKind.DELIVERED), "delivered"),
        ((EventKind.BOUNCED, EventKind.FAILED), "bounced"),
        ((EventKind.FAILED, EventKind.BOUNCED), "failed"),
    ],
)
@pytest.mark.parametrize("together", [True, False])
def test_any_order(sent: Sent, kinds: tuple[EventKind, ...], status: str, together: bool):
    events = [sent.event(kind) for kind in kinds]
    if together:
        sent.apply(*events)
    else:
        for event in events:
            sent.apply(event)
    assert sent.status == status


@pytest.mark.parametrize("status", ["skipped", "cancelled"])
def test_what_was_never_sent_does_not_move(acme: Any, status: str):
    sent = Sent(acme, status)
    assert sent.apply(sent.event(), sent.event(EventKind.BOUNCED)) == 0
    assert sent.status == status


def test_found_by_the_attempt_alone(sent: Sent):
    assert sent.apply(sent.event(delivery=None)) == 1


def test_found_by_the_reference_alone(sent: Sent):
    event = sent.event(delivery=None, attempt=None, reference=f"ref-{sent.id}")
    assert sent.apply(event) == 1
    assert sent.status == "delivered"


def test_what_is_found_nowhere_is_kept(sent: Sent):
    stray = sent.event(delivery=None, attempt=uuid4(), raw={"a\0": ["b\0", 1]}, detail="x\0")
    assert sent.apply(stray) == 0
    with in_tenant(sent.tenant):
        (row,) = Receipt.objects.all()
    assert (row.delivery_id, row.applied, row.raw) == (None, False, {"a": ["b", 1]})


def test_a_delivery_of_another_tenant_is_not_found(sent: Sent, globex: Any):
    with in_tenant(globex):
        assert apply(globex.schema, ACCOUNT, [sent.event()]) == 0
        assert Receipt.objects.get().delivery_id is None
    assert sent.status == "sent"


def test_a_bad_receipt_of_an_earlier_attempt_does_not_count(sent: Sent):
    event = sent.event(EventKind.BOUNCED)
    sent.try_again()
    assert sent.apply(event) == 0
    assert sent.status == "sent"


def test_a_good_receipt_of_an_earlier_attempt_counts(sent: Sent):
    event = sent.event()
    sent.try_again()
    assert sent.apply(event) == 1


def test_a_good_receipt_before_our_commit_takes_the_claimed_entry_away(queued: Sent):
    claim = new_id()
    queued.entry(claim=claim, published=True)
    assert queued.apply(queued.event(attempt=claim)) == 1
    assert queued.status == "delivered"
    assert queued.entry() is None
    assert queued.row.settled_at is not None


def test_a_bad_one_of_the_attempt_under_way_does_too(queued: Sent):
    claim = new_id()
    queued.entry(claim=claim, published=True)
    assert queued.apply(queued.event(EventKind.BOUNCED)) == 0
    assert queued.apply(queued.event(EventKind.BOUNCED, attempt=claim)) == 1
    assert (queued.status, queued.entry()) == ("bounced", None)


def test_a_bad_one_settles_what_waits_for_its_next_try(queued: Sent):
    queued.entry(tries=1)
    assert queued.apply(queued.event(EventKind.FAILED, error_class="busy")) == 1
    assert (queued.status, queued.entry()) == ("failed", None)
    assert queued.row.error_class == "busy"


def test_a_bad_one_settles_what_is_being_asked_about(queued: Sent):
    queued.entry(purpose="reconcile", claim=new_id())
    assert queued.apply(queued.event(EventKind.FAILED)) == 1
    assert (queued.status, queued.entry()) == ("failed", None)


def test_a_bad_one_from_before_a_redrive_does_not_concern_it(queued: Sent):
    queued.entry(tries=0)
    assert queued.apply(queued.event(EventKind.BOUNCED)) == 0
    assert queued.entry() is not None


@pytest.mark.parametrize("status", ["dead", "unknown", "failed", "bounced"])
def test_a_late_delivered_closes_the_dead_letter(acme: Any, status: str):
    sent = Sent(acme, status, error_class="busy", detail="words")
    make_letter(acme, sent.row)
    assert sent.apply(sent.event()) == 1
    assert (sent.status, sent.row.error_class) == ("delivered", "")
    with in_tenant(acme):
        assert DeadLetter.objects.get().acknowledged_by == "receipt"


def test_statements_do_not_depend_on_the_number(acme: Any):
    counts = []
    for size in (1, 20):
        several = [Sent(acme) for _ in range(size)]
        events = [one.event() for one in several]
        with count_statements() as counted:
            assert apply(acme.schema, ACCOUNT, events) == size
        counts.append(counted.total)
    assert counts[0] == counts[1]


def test_nothing_to_apply_asks_nothing(acme: Any):
    with count_statements() as counted:
        assert apply(acme.schema, ACCOUNT, []) == 0
    assert counted.total == 0


def test_long_words_are_cut(sent: Sent):
    event = replace(sent.event(EventKind.FAILED), code="c" * 100, detail="d" * 9000)
    assert sent.apply(event) == 1
    assert len(sent.row.error_code) == 60
    assert connection.schema_name == "public"


def test_the_delivery_tells_what_settled_it_before_our_commit(acme: Any):
    account = make_account(acme, "smtp")
    queued = Sent(acme, "queued", attempts=1)
    claim = new_id()
    queued.entry(claim=claim, published=True)
    event = queued.event(EventKind.FAILED, attempt=claim, reference="the provider's")
    assert apply(acme.schema, account.id, [event], provider="smtp") == 1
    row = queued.row
    assert (row.attempts, row.account_id, row.provider, row.reference) == (
        2,
        account.id,
        "smtp",
        "the provider's",
    )


def test_it_tells_the_same_of_good_news_before_our_commit(acme: Any):
    account = make_account(acme, "smtp")
    queued = Sent(acme, "queued", attempts=1)
    claim = new_id()
    queued.entry(claim=claim, published=True)
    assert apply(acme.schema, account.id, [queued.event(attempt=claim)], provider="smtp") == 1
    row = queued.row
    assert (row.status, row.attempts, row.account_id, row.provider) == (
        "delivered",
        2,
        account.id,
        "smtp",
    )
    assert queued.entry() is None


def test_many_good_ones_at_once_are_each_stored_once(acme: Any):
    several = [Sent(acme), Sent(acme), Sent(acme, "cancelled"), Sent(acme, "dead")]
    events = [sent.event() for sent in several]
    nowhere = replace(events[0], event_id=str(uuid4()), delivery=uuid4())
    assert apply(acme.schema, ACCOUNT, [*events, nowhere]) == 3
    assert apply(acme.schema, ACCOUNT, [*reversed(events), nowhere]) == 0
    assert [sent.status for sent in several] == ["delivered", "delivered", "cancelled", "delivered"]
    assert sorted(several[0].receipts) == [("delivered", False)] * 2 + [("delivered", True)] * 3


def test_two_good_ones_of_a_delivery_move_it_once(sent: Sent):
    assert sent.apply(sent.event(), sent.event()) == 1
    assert sent.receipts == [("delivered", True), ("delivered", False)]


def test_the_delivery_tells_which_recorded_attempt_settled_it(acme: Any):
    sent = Sent(acme, "unknown")
    assert sent.apply(sent.event()) == 1
    row = sent.row
    assert (row.attempts, row.account_id, row.provider, row.reference) == (
        1,
        ACCOUNT,
        "simulator",
        f"ref-{sent.id}",
    )


def test_moves_are_counted(sent: Sent):
    labels = {"channel": "email", "lane": "normal", "outcome": "delivered"}

    def count() -> float:
        name = "signalbus_notifications_processed_total"
        return REGISTRY.get_sample_value(name, labels) or 0.0

    before, event = count(), sent.event()
    sent.apply(event)
    sent.apply(event)
    assert count() == before + 1
