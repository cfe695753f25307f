"""The start page of a tenant's console: what needs somebody, and what happened last."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.utils import timezone

from delivery.breaker import breakers
from delivery.breaker_rule import IN_A_ROW
from delivery.models import Attempt
from notifications.states import Status
from signalbus.bus import lines, outbox
from signalbus.bus.entries import NewEntry
from signalbus.bus.models import OutboxEntry
from signalbus.bus.visibility import visibility
from signalbus.console.home import providers
from signalbus.console.home.chart import THINNEST, Column, drawn
from signalbus.console.home.panels import percent
from signalbus.core.ids import new_id
from signalbus.templatetags.signalbus_words import most
from tenants.context import in_tenant
from tenants.identity import TenantIdentity
from tenants.keys import create_key
from tenants.roles import Role
from tenants.schemas import count_statements
from tests.console.people import at_console
from tests.console.stories import make_delivery, make_notification, make_story
from tests.make import make_account, make_platform_account

MOST_STATEMENTS = 19


def _make(tenant: TenantIdentity, status: str = Status.SENT, **fields: Any) -> UUID:
    """A delivery of just now, and its notification."""
    now = timezone.now()
    mode = fields.pop("mode", "live")
    notification = make_notification(tenant, status=status, created_at=now, mode=mode)
    made = {"provider": "simulator", "created_at": now, "settled_at": now}
    return make_delivery(tenant, notification, **{**made, **fields}).id


def _schedule(tenant: TenantIdentity, at: datetime, mode: str = "live") -> UUID:
    notification = make_notification(tenant, mode=mode)
    delivery = make_delivery(tenant, notification, status=Status.SENT)
    with in_tenant(tenant):
        delivery.status = Status.QUEUED
        delivery.save()
        entry = NewEntry(
            id=delivery.id,
            stream="email.bulk",
            tenant_id=tenant.id,
            partition_key=1,
            delivery=delivery.id,
            available_at=at,
            reason="scheduled",
        )
        outbox.publish([entry])
    return notification.id


def _panel(client: Client, channel: str, span: str = "day") -> Any:
    panels = client.get("/admin/", {"span": span}).context["panels"]
    return next(panel for panel in panels if panel.channel == channel)


def test_deliveries_are_shown_by_channel_and_outcome(console: Client, acme: TenantIdentity) -> None:
    for status in (Status.SENT, Status.DELIVERED, Status.FAILED, Status.UNKNOWN, Status.SKIPPED):
        _make(acme, status)
    _make(acme, Status.DEAD, channel="sms")
    _make(acme, mode="test")
    email, sms = _panel(console, "email"), _panel(console, "sms")
    assert [(outcome.title, number) for outcome, number in email.legend] == [
        ("Sent or delivered", 2),
        ("Under way", 0),
        ("Skipped or cancelled", 1),
        ("Outcome unknown", 1),
        ("Failed", 1),
    ]
    assert email.success == "50.0 %"
    assert sms.figures.failed == 1


@pytest.mark.parametrize(("span", "bars"), [("hour", 2), ("day", 24), ("week", 7), ("odd", 24)])
def test_the_newest_bar_is_the_last(
    console: Client, acme: TenantIdentity, span: str, bars: int
) -> None:
    _make(acme)
    chart = _panel(console, "email", span).chart
    assert [len(bar.segments) for bar in chart.bars] == [*[0] * (bars - 1), 1]
    assert "1 sent or delivered" in chart.bars[-1].told


def test_a_chart_has_a_title_a_description_and_a_table(
    console: Client, acme: TenantIdentity
) -> None:
    _make(acme, Status.FAILED, error_class="busy")
    page = console.get("/admin/").content.decode()
    assert 'aria-labelledby="email-chart-title email-chart-desc"' in page
    assert "In all 1 failed." in page
    assert 'id="email-table"' in page
    assert [row.numbers for row in _panel(console, "email").rows] == [[0, 0, 0, 0, 1, 1]]


def test_what_was_made_long_ago_is_not_in_the_hour(console: Client, acme: TenantIdentity) -> None:
    _make(acme, created_at=timezone.now() - timedelta(hours=3))
    assert console.get("/admin/", {"span": "hour"}).context["panels"] == []
    assert _panel(console, "email").figures.accepted == 1


def test_failures_lead_to_their_notifications(console: Client, acme: TenantIdentity) -> None:
    for _ in range(2):
        _make(acme, Status.FAILED, error_class="bad_address")
    _make(acme, Status.DEAD, error_class="busy", channel="sms")
    _make(acme, Status.BOUNCED)
    _make(acme, error_class="busy")
    shown = console.get("/admin/").context["failures"]
    assert [(each.name, each.channel, each.count) for each in shown] == [
        ("bad address", "email", 2),
        ("no reason given", "email", 1),
        ("busy", "sms", 1),
    ]
    assert "another address" in shown[0].advice
    for each in shown:
        assert len(console.get(each.link).context["cl"].result_list) == each.count


def test_what_waits_is_shown_lane_by_lane(
    console: Client, acme: TenantIdentity, globex: TenantIdentity
) -> None:
    for _ in range(3):
        make_delivery(acme, make_notification(acme))
    _schedule(acme, timezone.now() + timedelta(hours=2))
    make_delivery(globex, make_notification(globex))
    lanes = console.get("/admin/").context["line"].lanes
    assert [(lane.stream, lane.due, lane.under_way, lane.later) for lane in lanes] == [
        ("email.normal", 3, 0, 0),
        ("email.bulk", 0, 0, 1),
    ]
    assert timezone.now() - lanes[0].oldest < timedelta(minutes=1)


def test_what_is_published_is_due_and_what_is_claimed_is_being_sent(
    console: Client, acme: TenantIdentity
) -> None:
    keys = [make_delivery(acme, make_notification(acme)).id for _ in range(3)]
    soon = timezone.now() + timedelta(seconds=visibility("email.normal") - 5)
    OutboxEntry.objects.filter(id__in=keys[:2]).update(published=True, available_at=soon)
    OutboxEntry.objects.filter(id=keys[0]).update(claim=new_id())
    (lane,) = console.get("/admin/").context["line"].lanes
    assert (lane.due, lane.under_way, lane.later) == (2, 1, 0)
    assert timezone.now() - lane.oldest >= timedelta(seconds=5)


def test_what_waits_for_a_receipt_does_not_count_as_waiting(
    console: Client, acme: TenantIdentity
) -> None:
    make_delivery(acme, make_notification(acme))
    OutboxEntry.objects.update(purpose="watch")
    assert console.get("/admin/").context["line"].lanes == []


def test_what_is_counted_up_to_a_limit_says_so() -> None:
    assert (most(4_999, 5_000), most(5_000, 5_000)) == ("4,999", "5,000+")


def test_a_lane_that_stands_still_says_why(console: Client, acme: TenantIdentity) -> None:
    _make(acme)
    lines.pause("sms.bulk", acme.id, "guard", "12 % bounced")
    page = console.get("/admin/").content.decode()
    assert "too much bounced" in page
    assert "12 % bounced" in page


def test_an_empty_line_says_so(console: Client, acme: TenantIdentity) -> None:
    _make(acme)
    assert b"every lane runs" in console.get("/admin/").content


def test_the_next_scheduled_one_is_named(console: Client, acme: TenantIdentity) -> None:
    now = timezone.now()
    _schedule(acme, now + timedelta(hours=5))
    first = _schedule(acme, now + timedelta(hours=2), mode="test")
    scheduled = console.get("/admin/").context["line"].scheduled
    assert (scheduled.notification, scheduled.mode) == (first, "test")
    assert abs(scheduled.at - now) < timedelta(hours=2, minutes=1)


def test_accounts_show_their_breaker_and_what_became_of_their_calls(
    console: Client, acme: TenantIdentity
) -> None:
    good, bad = make_account(acme, name="good"), make_account(acme, name="bad", channel="sms")
    make_platform_account(name="shared")
    make_account(acme, name="old", enabled=False)
    breakers().note([(bad.id, True)] * IN_A_ROW)
    delivery = _make(acme)
    for account, outcome in ((good, "accepted"), (good, "refused"), (good, "accepted")):
        _attempt(acme, delivery, account.id, outcome)
    rows = {row.account.name: row for row in console.get("/admin/").context["providers"].rows}
    assert (rows["good"].calls, rows["good"].success) == (3, "66.7 %")
    assert (rows["bad"].calls, rows["bad"].success) == (0, "")
    assert "open" in rows["bad"].state
    assert "enabled" in rows["good"].state
    assert "disabled" in rows["old"].state
    breakers().reset(bad.id)


def test_of_very_many_calls_the_newest_are_looked_at(
    console: Client, acme: TenantIdentity, monkeypatch: pytest.MonkeyPatch
) -> None:
    account, delivery = make_account(acme), _make(acme)
    for outcome in ("refused", "accepted", "accepted"):
        _attempt(acme, delivery, account.id, outcome)
    assert not console.get("/admin/").context["providers"].is_part
    monkeypatch.setattr(providers, "MOST_CALLS", 2)
    shown = console.get("/admin/").context["providers"]
    assert (shown.is_part, shown.rows[0].calls, shown.rows[0].success) == (True, 2, "100 %")


def test_a_tenant_that_sent_nothing_is_told_what_to_do_first(
    console: Client, acme: TenantIdentity
) -> None:
    steps = console.get("/admin/").context["steps"]
    assert [(step.is_done, step.is_next) for step in steps] == [
        (False, True),
        (False, False),
        (False, False),
    ]
    _make(acme, mode="test")
    create_key(acme.id, name="ours", mode="live")
    steps = console.get("/admin/").context["steps"]
    assert [(step.is_done, step.is_next) for step in steps] == [
        (True, False),
        (False, True),
        (True, False),
    ]
    _make(acme)
    assert console.get("/admin/").context["steps"] == []


def test_the_script_gets_the_page_without_what_stands_around_it(
    console: Client, acme: TenantIdentity
) -> None:
    _make(acme)
    whole = console.get("/admin/").content
    part = console.get("/admin/", headers={"X-Signalbus-Part": "page"}).content
    assert b"<html" in whole
    assert b"<html" not in part
    for page in (whole, part):
        assert b'id="home" data-refresh="10" data-listen="live"' in page
        assert b"<script" not in part


def test_a_viewer_sees_no_addresses(acme: TenantIdentity) -> None:
    now = timezone.now()
    make_notification(acme, recipient_ref="ana@example.org", created_at=now)
    page = at_console(acme, Role.VIEWER).get("/admin/").content
    assert b"ana@example.org" not in page
    assert b"a**@example.org" in page


def test_the_page_asks_little(console: Client, acme: TenantIdentity) -> None:
    make_account(acme)
    make_story(acme)
    _make(acme, Status.FAILED, error_class="busy")
    _schedule(acme, timezone.now() + timedelta(hours=2))
    console.get("/admin/")  # whatever is kept in process is there by now
    with count_statements() as counted:
        assert console.get("/admin/").status_code == 200
    assert counted.total <= MOST_STATEMENTS


def _attempt(tenant: TenantIdentity, delivery: UUID, account: UUID, outcome: str) -> None:
    with in_tenant(tenant):
        Attempt.objects.create(
            id=new_id(),
            delivery_id=delivery,
            number=1,
            account_id=account,
            provider="simulator",
            outcome=outcome,
            started_at=timezone.now(),
        )


@pytest.mark.parametrize(
    ("number", "ceiling"),
    [(0, 1), (1, 1), (9, 9), (11, 20), (234, 300), (1000, 1000), (9_001, 10_000)],
)
def test_the_highest_line_is_a_round_number(number: int, ceiling: int) -> None:
    column = Column(name="", told="", parts=[("good", number)])
    assert drawn([column]).ceiling == ceiling


def test_a_few_are_seen_above_very_many() -> None:
    (bar,) = drawn([Column(name="", told="", parts=[("good", 100_000), ("bad", 1)])]).bars
    assert bar.segments[-1].height == THINNEST


@pytest.mark.parametrize(
    ("share", "told"), [(None, ""), (1.0, "100 %"), (0.99999, "99.9 %"), (0.5, "50.0 %")]
)
def test_what_is_not_all_never_reads_as_all(share: float | None, told: str) -> None:
    assert percent(share) == told
