"""What is late: success that makes a second send needless, and sends whose time is over."""

from datetime import UTC, datetime

import pytest

from delivery.accounts import accounts_of_all
from delivery.breaker import breakers
from delivery.models import ProviderAccount
from delivery.providers import registry
from notifications.models import Delivery, Notification
from signalbus.bus import outbox
from signalbus.bus.models import OutboxEntry
from tenants.context import in_tenant
from tests.delivery.pipeline.kit import Fleet, Line, ask, settle
from tests.delivery.pipeline.watch_kit import (
    ANA,
    greet,
    make_two,
    make_watching,
    receipt,
    sent,
    states,
    watches,
    work,
)
from tests.door import Api
from tests.make import make_suppression


def test_a_receipt_in_time_ends_the_watch(api: Api, line: Line) -> None:
    make_watching(line.tenant, ["sms"])
    greet(api)
    sent(line, then=1)
    receipt(line)
    assert not OutboxEntry.objects.exists()
    assert states(line) == [("email", "delivered")]


def test_a_receipt_while_the_watch_is_on_its_way(api: Api, line: Line) -> None:
    make_watching(line.tenant, ["sms"])
    greet(api)
    sent(line)
    line.publish()
    receipt(line)
    settle(line.worker())
    assert states(line) == [("email", "delivered")]
    assert not OutboxEntry.objects.exists()


def test_a_receipt_before_the_second_send_takes_it_away(
    api: Api, fleet_line: Line, fleet: Fleet
) -> None:
    make_two(fleet_line.tenant)
    make_watching(fleet_line.tenant)
    greet(api)
    sent(fleet_line)
    fleet_line.deliver()
    receipt(fleet_line)
    work(fleet_line, "email")
    assert fleet.calls("second") == 0
    assert states(fleet_line) == [("email", "delivered")]


def test_a_receipt_while_the_second_send_is_under_way(
    api: Api, fleet_line: Line, fleet: Fleet
) -> None:
    make_two(fleet_line.tenant)
    make_watching(fleet_line.tenant)
    greet(api)
    sent(fleet_line)
    fleet_line.deliver()
    fleet_line.publish()
    worker = fleet_line.worker()
    (account,) = (
        each
        for each in accounts_of_all([fleet_line.tenant])[fleet_line.tenant.id]
        if each.name == "second"
    )
    registry.driver(account)
    fleet["second"].gate.clear()
    for _ in range(20):
        worker.step()
    receipt(fleet_line)
    fleet["second"].gate.set()
    settle(worker)
    assert fleet.calls("second") == 1
    assert states(fleet_line) == [("email", "delivered")]
    assert len(fleet_line.attempts()) == 2
    assert not OutboxEntry.objects.exists()


def test_a_receipt_before_the_next_channel_has_sent_makes_it_needless(api: Api, line: Line) -> None:
    make_watching(line.tenant, ["sms"])
    greet(api)
    sent(line)
    line.deliver()
    receipt(line)
    work(line)
    assert states(line) == [("email", "delivered"), ("sms", "skipped")]
    with in_tenant(line.tenant):
        assert Delivery.objects.get(channel="sms").reason == "duplicate"
    assert line.notification().status == "delivered"
    assert len(line.provider.sent) == 1


def test_a_receipt_after_the_next_channel_has_sent(api: Api, line: Line) -> None:
    make_watching(line.tenant, ["sms"])
    greet(api)
    sent(line)
    work(line)
    receipt(line)
    assert states(line) == [("email", "delivered"), ("sms", "sent")]
    line.pass_time(60)
    work(line)
    assert len(line.provider.sent) == 2


@pytest.mark.parametrize("reason", ["limit", "crowded", "breaker"])
def test_a_line_that_waits_for_its_provider_does_not_delay_it(
    api: Api, line: Line, reason: str
) -> None:
    make_watching(line.tenant, ["sms"])
    greet(api)
    sent(line)
    outbox.pause("email.normal", line.tenant.id, reason)
    work(line)
    assert states(line) == [("email", "sent"), ("sms", "sent")]


def test_an_outage_of_its_provider_does_not_delay_it(api: Api, line: Line) -> None:
    make_watching(line.tenant, ["sms"])
    greet(api)
    line.deliver()
    with in_tenant(line.tenant):
        account = ProviderAccount.objects.get(channel="email")
    breakers().note([(account.id, True)] * 20)
    ask(api, to="bob@example.org")
    line.deliver()  # the open breaker is met, and the line paused
    OutboxEntry.objects.filter(purpose="watch").update(available_at=datetime.now(UTC))
    work(line)
    assert states(line) == [("email", "sent"), ("email", "queued"), ("sms", "sent")]


def test_what_had_no_account_is_not_delayed_either(api: Api, line: Line) -> None:
    make_watching(line.tenant, ["sms"])
    greet(api)
    make_suppression(line.tenant, address=ANA["email"])
    line.deliver()
    outbox.pause("email.normal", line.tenant.id, "breaker")
    work(line)
    assert states(line) == [("email", "skipped"), ("sms", "sent")]


@pytest.mark.parametrize("reason", ["suspended", "flood", "guard", "by hand"])
def test_a_line_that_is_stopped_stops_it(api: Api, line: Line, reason: str) -> None:
    make_watching(line.tenant, ["sms"])
    greet(api)
    sent(line)
    outbox.pause("", line.tenant.id, reason)
    assert line.publish() == []


def test_what_came_too_late_is_not_sent_by_another_channel(api: Api, line: Line) -> None:
    make_watching(line.tenant, ["sms"])
    greet(api)
    with in_tenant(line.tenant):
        Delivery.objects.update(deadline="2020-01-01T00:00Z")
    work(line)
    assert states(line) == [("email", "dead")]
    assert not watches()


def test_after_its_expiry_nothing_more_is_sent(api: Api, line: Line) -> None:
    make_watching(line.tenant, ["sms"])
    greet(api, expires_at="2099-01-01T00:00:00Z")
    sent(line)
    with in_tenant(line.tenant):
        Notification.objects.update(expires_at="2020-01-01T00:00Z")
    work(line)
    assert states(line) == [("email", "sent")]
