"""How receipts and refusals suppress: which reason stays, and how soft bounces add up."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from delivery.receipts.apply import apply
from delivery.receipts.events import EventKind, ReceiptEvent
from notifications.deciding.terms import OVERRIDABLE
from notifications.models import SoftBounces, Suppression
from notifications.models.suppression import SuppressionReason
from notifications.suppressing import FINAL
from tenants.context import in_tenant
from tenants.identity import TenantIdentity
from tests.delivery.history_rows import make_attempt, make_delivery, make_notification
from tests.make import make_suppression

ADDRESS = "ana@example.org"


class Address:
    """What receipts tell of one address of a tenant, and what came of it."""

    def __init__(self, tenant: TenantIdentity, mode: str = "live", channel: str = "email") -> None:
        self.tenant = tenant
        self.mode = mode
        self.channel = channel

    def tell(self, *kinds: EventKind, **fields: Any) -> None:
        """A receipt of each kind, each for a delivery of its own, in one go."""
        apply(self.tenant.schema, uuid4(), [self._event(kind, **fields) for kind in kinds])

    def _event(self, kind: EventKind, **fields: Any) -> ReceiptEvent:
        notification = make_notification(self.tenant, mode=self.mode)
        row = make_delivery(self.tenant, notification, channel=self.channel, address=ADDRESS)
        return ReceiptEvent(
            event_id=str(uuid4()),
            kind=kind,
            occurred_at=timezone.now(),
            delivery=row.id,
            attempt=make_attempt(self.tenant, row).id,
            **fields,
        )

    @property
    def suppression(self) -> Suppression | None:
        with in_tenant(self.tenant):
            return Suppression.objects.filter(mode=self.mode).first()

    @property
    def reason(self) -> str | None:
        return self.suppression.reason if self.suppression else None

    @property
    def count(self) -> int:
        with in_tenant(self.tenant):
            return sum(SoftBounces.objects.filter(mode=self.mode).values_list("count", flat=True))

    def age(self, days: int) -> None:
        """Let the count have begun so long ago."""
        with in_tenant(self.tenant):
            SoftBounces.objects.update(since=timezone.now() - timedelta(days=days))


@pytest.fixture
def address(acme: TenantIdentity) -> Address:
    return Address(acme)


SOFT = EventKind.SOFT_BOUNCED


def test_every_reason_is_either_final_or_may_be_overridden() -> None:
    assert FINAL | set(OVERRIDABLE) == set(SuppressionReason.values)
    assert not FINAL & set(OVERRIDABLE)


def test_a_suppression_names_the_receipt_and_the_delivery_it_came_from(address: Address) -> None:
    address.tell(EventKind.BOUNCED, detail="No such user")
    row = address.suppression
    assert row is not None
    assert row.source_delivery is not None
    assert row.source_receipt is not None
    assert (row.note, row.expires_at) == ("No such user", None)


@pytest.mark.parametrize("kind", [EventKind.COMPLAINED, EventKind.OPTED_OUT])
def test_what_people_said_replaces_what_is_only_known_of_the_address(
    address: Address, kind: EventKind
) -> None:
    address.tell(EventKind.BOUNCED)
    address.tell(kind)
    assert address.reason in FINAL


def test_a_bounce_does_not_replace_what_people_said(address: Address) -> None:
    address.tell(EventKind.COMPLAINED)
    address.tell(EventKind.BOUNCED)
    assert address.reason == "complaint"


def test_of_several_at_once_the_final_one_stays(address: Address) -> None:
    address.tell(EventKind.BOUNCED, EventKind.COMPLAINED, *[SOFT] * 5)
    assert address.reason == "complaint"


def test_the_fifth_soft_bounce_suppresses_for_thirty_days(address: Address) -> None:
    for _ in range(4):
        address.tell(SOFT, detail="Mailbox full")
    assert (address.reason, address.count) == (None, 4)
    address.tell(SOFT, detail="Mailbox full")
    row = address.suppression
    assert row is not None
    assert (row.reason, row.note) == ("soft_bounces", "Mailbox full")
    assert _days(row.expires_at) == 30


def test_several_soft_bounces_at_once_count_each(address: Address) -> None:
    address.tell(*[SOFT] * 5)
    assert address.reason == "soft_bounces"


def test_the_installation_says_how_many_and_how_long(address: Address, settings: Any) -> None:
    settings.SOFT_BOUNCES, settings.SOFT_SUPPRESSION_DAYS = 2, 3
    address.tell(SOFT, SOFT)
    row = address.suppression
    assert row is not None
    assert _days(row.expires_at) == 3


def test_what_is_put_off_counts_nothing(address: Address) -> None:
    address.tell(*[EventKind.DEFERRED] * 6)
    assert (address.reason, address.count) == (None, 0)


def test_soft_bounces_longer_ago_do_not_count(address: Address) -> None:
    address.tell(*[SOFT] * 4)
    address.age(31)
    address.tell(SOFT)
    assert (address.reason, address.count) == (None, 1)


def test_a_receipt_of_delivery_ends_the_count(address: Address) -> None:
    address.tell(*[SOFT] * 4)
    address.tell(EventKind.DELIVERED)
    assert address.count == 0
    address.tell(SOFT)
    assert address.count == 1


def test_a_receipt_of_delivery_among_others_ends_it_too(address: Address) -> None:
    address.tell(*[SOFT] * 4)
    address.tell(EventKind.DELIVERED, EventKind.DEFERRED)
    assert address.count == 0


def test_a_receipt_of_delivery_is_of_its_own_mode_and_tenant(
    address: Address, acme: TenantIdentity, globex: TenantIdentity
) -> None:
    address.tell(*[SOFT] * 4)
    Address(acme, mode="test").tell(EventKind.DELIVERED)
    Address(globex).tell(EventKind.DELIVERED)
    assert address.count == 4


def test_a_full_count_begins_anew(address: Address) -> None:
    """Who removes the suppression gets as many soft bounces as before."""
    address.tell(*[SOFT] * 5)
    with in_tenant(address.tenant):
        Suppression.objects.all().delete()
    address.tell(SOFT)
    assert (address.reason, address.count) == (None, 1)


def test_soft_bounces_do_not_shorten_another_reason(address: Address) -> None:
    make_suppression(address.tenant, ADDRESS, reason="manual")
    address.tell(*[SOFT] * 5)
    assert address.reason == "manual"


def test_a_reason_that_has_lapsed_gives_way(address: Address) -> None:
    make_suppression(
        address.tenant, ADDRESS, reason="opt_out", expires_at=timezone.now() - timedelta(days=1)
    )
    address.tell(EventKind.BOUNCED)
    assert address.reason == "hard_bounce"


def test_an_unreachable_handset_counts_as_a_soft_bounce(acme: TenantIdentity) -> None:
    handset = Address(acme, channel="sms")
    handset.tell(*[EventKind.FAILED] * 5, error_class="unreachable")
    assert handset.reason == "soft_bounces"


def test_a_refused_content_counts_nothing(acme: TenantIdentity) -> None:
    handset = Address(acme, channel="sms")
    handset.tell(*[EventKind.FAILED] * 5, error_class="content_refused")
    assert handset.count == 0


def _days(moment: datetime | None) -> int:
    assert moment is not None
    return round((moment - timezone.now()).total_seconds() / 86400)
