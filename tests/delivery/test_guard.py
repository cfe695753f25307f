"""The guard over real rows: what it counts, whom it stops, and how that is lifted."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from delivery.guard import watching
from delivery.models import Attempt, Receipt
from notifications.models import Delivery, Notice
from signalbus.bus import outbox
from signalbus.core.ids import new_id
from tenants.context import in_tenant
from tenants.identity import TenantIdentity
from tests.delivery.history_rows import make_notification
from tests.door import Api

BULK = "email.bulk"
HOUR = 3_600_000  # milliseconds


class Sender:
    """A tenant that has sent, and what the guard made of it."""

    def __init__(self, tenant: TenantIdentity) -> None:
        self.tenant = tenant

    def send(
        self,
        number: int,
        event: str = "",
        *,
        mode: str = "live",
        channel: str = "email",
        outcome: str = "accepted",
        error_class: str = "",
    ) -> None:
        """So many e-mails that were accepted; with an event, a receipt of that for each."""
        notification = make_notification(self.tenant, mode=mode)
        deliveries = [_delivery(notification, mode=mode, channel=channel) for _ in range(number)]
        attempts = [_attempt(each, outcome, error_class) for each in deliveries]
        receipts = [_receipt(each, event) for each in attempts] if event else []
        with in_tenant(self.tenant):
            Delivery.objects.bulk_create(deliveries)
            Attempt.objects.bulk_create(attempts)
            Receipt.objects.bulk_create(receipts)

    def watch(self) -> None:
        watching.watch_all(timezone.now())

    @property
    def notices(self) -> list[tuple[str, str]]:
        """The open ones: kind and severity."""
        with in_tenant(self.tenant):
            found = Notice.objects.filter(lifted_at=None).order_by("kind")
            return list(found.values_list("kind", "severity"))

    @property
    def is_stopped(self) -> bool:
        pair = (BULK, self.tenant.id)
        return outbox.pauses([pair]) == {pair}


@pytest.fixture
def sender(acme: TenantIdentity) -> Sender:
    return Sender(acme)


def test_too_many_hard_bounces_stop_the_bulk_lane(sender: Sender) -> None:
    sender.send(900)
    sender.send(100, "bounced")
    sender.watch()
    assert sender.notices == [("bounces", "stopped")]
    assert sender.is_stopped
    others = [("email.normal", sender.tenant.id), ("sms.bulk", sender.tenant.id)]
    assert outbox.pauses(others) == set()


def test_complaints_stop_it_too(sender: Sender) -> None:
    sender.send(595)
    sender.send(5, "complained")
    sender.watch()
    assert sender.notices == [("complaints", "stopped")]
    assert sender.is_stopped


def test_fewer_only_warn(sender: Sender) -> None:
    sender.send(930)
    sender.send(70, "bounced")
    sender.watch()
    assert sender.notices == [("bounces", "warning")]
    assert not sender.is_stopped


def test_of_few_e_mails_nothing_is_said(sender: Sender) -> None:
    sender.send(499, "bounced")
    sender.watch()
    assert sender.notices == []


def test_addresses_that_the_provider_refused_count(sender: Sender) -> None:
    sender.send(450)
    sender.send(50, outcome="refused", error_class="bad_address")
    sender.watch()
    assert sender.notices == [("bounces", "stopped")]


def test_what_was_refused_for_another_reason_was_not_sent(sender: Sender) -> None:
    sender.send(450)
    sender.send(49, outcome="refused", error_class="content_refused")
    sender.send(20, "bounced")
    sender.watch()
    assert sender.notices == []


@pytest.mark.parametrize("other", [{"mode": "test"}, {"channel": "sms"}], ids=["test", "sms"])
def test_test_mode_and_sms_count_nothing(sender: Sender, other: dict[str, Any]) -> None:
    sender.send(400)
    sender.send(600, "bounced", **other)
    sender.send(1, "bounced")
    sender.watch()
    assert sender.notices == []


def test_another_tenants_bounces_are_its_own(sender: Sender, globex: TenantIdentity) -> None:
    theirs = Sender(globex)
    theirs.send(600, "bounced")
    sender.send(600)
    sender.watch()
    assert (sender.notices, sender.is_stopped) == ([], False)
    assert (theirs.notices, theirs.is_stopped) == ([("bounces", "stopped")], True)


def test_only_the_last_thousand_count(sender: Sender) -> None:
    sender.send(300, "bounced")
    _age_receipts(sender)
    sender.send(999)
    sender.send(1, "bounced")
    sender.watch()
    assert sender.notices == []


def test_news_that_come_late_are_looked_for_where_they_belong(sender: Sender) -> None:
    """Who sends thousands within a minute would else be found out never."""
    sender.send(900)
    sender.send(100, "bounced")
    sender.send(2000)
    sender.watch()
    assert sender.notices == [("bounces", "stopped")]


def test_a_warning_goes_by_itself_and_stays_in_the_history(sender: Sender) -> None:
    sender.send(940)
    sender.send(60, "bounced")
    sender.watch()
    _age_receipts(sender)
    sender.send(1000)
    sender.watch()
    assert sender.notices == []
    with in_tenant(sender.tenant):
        assert Notice.objects.get().lifted_by == "Signalbus"


def test_a_warning_becomes_a_stop(sender: Sender) -> None:
    sender.send(900)
    sender.send(60, "bounced")
    sender.watch()
    assert sender.notices == [("bounces", "warning")]
    sender.send(60, "bounced")
    sender.watch()
    assert sender.notices == [("bounces", "stopped")]
    assert sender.is_stopped


def test_what_was_stopped_waits_for_a_person(sender: Sender) -> None:
    sender.send(600, "bounced")
    sender.watch()
    _age_receipts(sender)
    sender.send(1000)
    sender.watch()
    assert sender.notices == [("bounces", "stopped")]
    assert sender.is_stopped


def test_lifting_lets_the_lane_run_and_begins_a_new_window(sender: Sender, api: Api) -> None:
    sender.send(600, "bounced")
    sender.watch()
    _lift(api)
    assert not sender.is_stopped
    sender.watch()
    assert (sender.notices, sender.is_stopped) == ([], False)
    _pass_a_moment()
    sender.send(499, "bounced")
    sender.watch()
    assert sender.notices == []
    sender.send(1, "bounced")
    sender.watch()
    assert (sender.notices, sender.is_stopped) == ([("bounces", "stopped")], True)


def test_the_lane_stands_still_until_the_last_notice_is_lifted(sender: Sender, api: Api) -> None:
    sender.send(500, "bounced")
    sender.send(100, "complained")
    sender.watch()
    assert sender.notices == [("bounces", "stopped"), ("complaints", "stopped")]
    first, second = api.get("/notices", {"open": "true"}).body["results"]
    api.post(f"/notices/{first['id']}/lift")
    assert sender.is_stopped
    api.post(f"/notices/{second['id']}/lift")
    assert not sender.is_stopped


def test_lifting_one_notice_begins_no_new_window_of_the_other(sender: Sender, api: Api) -> None:
    sender.send(595)
    sender.send(5, "complained")
    sender.watch()
    _lift(api)
    _pass_a_moment()
    sender.send(400)
    sender.send(80, "bounced")
    sender.watch()
    assert sender.notices == [("bounces", "warning")], "80 of the last 1,000 bounced"


def test_a_tenant_without_news_is_not_looked_at(sender: Sender) -> None:
    sender.send(600, "bounced")
    _age_receipts(sender)
    assert watching.watch_all(timezone.now()) == 0


def _lift(api: Api) -> None:
    (notice,) = api.get("/notices", {"open": "true"}).body["results"]
    assert api.post(f"/notices/{notice['id']}/lift").status == 200


def _pass_a_moment() -> None:
    """Until ids are of a later millisecond than what was written before."""
    moment = timezone.now() + timedelta(milliseconds=5)
    while timezone.now() < moment:
        pass


def _age_receipts(sender: Sender) -> None:
    """Let them have come an hour ago."""
    with in_tenant(sender.tenant):
        rows = list(Receipt.objects.all())
        Receipt.objects.all().delete()
        for row in rows:
            row.id = UUID(int=row.id.int - (HOUR << 80))
        Receipt.objects.bulk_create(rows)


def _delivery(notification: Any, **fields: Any) -> Delivery:
    return Delivery(
        id=new_id(),
        notification=notification,
        lane="bulk",
        status="sent",
        reason="",
        address="ana@example.org",
        locale="en",
        created_at=_now(),
        **fields,
    )


def _attempt(delivery: Delivery, outcome: str, error_class: str) -> Attempt:
    return Attempt(
        id=new_id(),
        delivery=delivery,
        number=1,
        provider="smtp",
        outcome=outcome,
        error_class=error_class,
        started_at=_now(),
    )


def _receipt(attempt: Attempt, event: str) -> Receipt:
    return Receipt(
        account_id=uuid4(),
        event_id=str(uuid4()),
        delivery_id=attempt.delivery_id,
        attempt_id=attempt.id,
        event=event,
        applied=True,
        occurred_at=_now(),
        created_at=_now(),
    )


def _now() -> datetime:
    return timezone.now()
