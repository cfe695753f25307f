"""Deliveries that no receipt follows: by the next account or channel, once, never in vain."""

from typing import Any
from uuid import UUID

import pytest

from delivery.accounts import accounts_of_all
from delivery.errors import DeliveryError, ErrorClass
from delivery.models import ProviderAccount
from delivery.pipeline import fall_ways
from delivery.pipeline import watches as watches_module
from delivery.pipeline.watching import Fall, Watched
from delivery.providers import registry
from delivery.providers.account import SIMULATOR
from delivery.providers.simulator.driver import Simulator
from delivery.receipts.events import EventKind
from notifications import policies
from notifications.models import Delivery, Notification, Policy
from signalbus.bus import outbox
from signalbus.bus.models import OutboxEntry
from templates_app.services import Content
from tenants.context import in_tenant
from tenants.identity import TenantIdentity
from tests.delivery.pipeline.kit import Fleet, Line, ask, lead_everything_to, settle
from tests.delivery.pipeline.watch_kit import (
    ANA,
    greet,
    make_watching,
    receipt,
    sent,
    states,
    watches,
    work,
)
from tests.door import Api
from tests.make import make_account, make_policy, make_suppression, make_template

REFUSED = DeliveryError(error_class=ErrorClass.CONTENT_REFUSED, code="400", detail="No.")


def make_two(tenant: TenantIdentity) -> None:
    make_account(tenant, name="first")
    make_account(tenant, name="second", position=1)


# --- what is watched


def test_what_is_sent_is_watched_for_the_policy_s_seconds(api: Api, line: Line) -> None:
    make_watching(line.tenant, ["sms"])
    greet(api)
    line.deliver()
    (watch,) = watches()
    delivery = line.delivery()
    assert delivery.settled_at is not None
    assert watch.delivery == delivery.id
    assert (watch.stream, watch.tries, watch.published) == ("email.normal", 1, False)
    waits = (watch.available_at - delivery.settled_at).total_seconds()
    assert waits == pytest.approx(60, abs=1)


def test_nothing_is_watched_where_nobody_asks(api: Api, line: Line) -> None:
    make_policy(line.tenant, channels=("email",))
    greet(api)
    ask(api)
    line.deliver()
    assert not watches()


def test_nothing_is_watched_where_there_is_no_other_way(api: Api, line: Line) -> None:
    make_watching(line.tenant)
    greet(api)
    line.deliver()
    assert not watches()


def test_a_receipt_with_the_answer_leaves_nothing_to_watch(
    test_api: Api, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    lead_everything_to(Simulator(SIMULATOR), monkeypatch)
    make_watching(line.tenant, ["sms"])
    greet(test_api)
    line.deliver()
    assert line.delivery().status == "delivered"
    assert not watches()


# --- the next account


def test_without_a_receipt_the_next_account_sends_it_again(
    api: Api, fleet_line: Line, fleet: Fleet
) -> None:
    make_two(fleet_line.tenant)
    make_watching(fleet_line.tenant)
    greet(api)
    sent(fleet_line)
    assert fleet.calls("second") == 0
    work(fleet_line, "email")
    (first,), (second,) = fleet["first"].sent, fleet["second"].sent
    assert (first.possibly_repeated, second.possibly_repeated) == (False, True)
    assert first.key == second.key
    delivery = fleet_line.delivery()
    assert (delivery.status, delivery.fell_over, delivery.attempts) == ("sent", True, 2)
    assert fleet_line.notification().status == "sent"


def test_it_is_queued_anew_meanwhile(api: Api, fleet_line: Line, fleet: Fleet) -> None:
    make_two(fleet_line.tenant)
    make_watching(fleet_line.tenant)
    greet(api)
    sent(fleet_line)
    before = fleet_line.delivery()
    fleet_line.deliver()
    delivery = fleet_line.delivery()
    assert (delivery.status, delivery.settled_at) == ("queued", None)
    assert before.deadline is not None
    assert delivery.deadline is not None
    assert delivery.deadline > before.deadline
    assert fleet_line.notification().status == "queued"
    entry = fleet_line.entry()
    assert entry is not None
    assert (entry.id, entry.purpose, entry.delivery) == (delivery.id, "send", delivery.id)
    assert not watches()


def test_it_falls_over_once(api: Api, fleet_line: Line, fleet: Fleet) -> None:
    make_two(fleet_line.tenant)
    make_watching(fleet_line.tenant)
    greet(api)
    for _ in range(3):
        work(fleet_line, "email")
        fleet_line.pass_time(60)
    assert (fleet.calls("first"), fleet.calls("second")) == (1, 1)
    assert not OutboxEntry.objects.exists()


def test_an_sms_goes_again_by_another_account_too(api: Api, fleet_line: Line, fleet: Fleet) -> None:
    for position, name in enumerate(("first", "second")):
        make_account(fleet_line.tenant, name=name, channel="sms", position=position)
    make_policy(fleet_line.tenant, channels=("sms",), watch_seconds=60)
    greet(api)
    work(fleet_line, "sms")
    fleet_line.pass_time(60)
    work(fleet_line, "sms")
    assert [message.possibly_repeated for message in fleet["second"].sent] == [True]


def test_an_account_that_a_redrive_named_has_no_other(
    api: Api, fleet_line: Line, fleet: Fleet
) -> None:
    make_two(fleet_line.tenant)
    make_watching(fleet_line.tenant)
    greet(api)
    sent(fleet_line)
    with in_tenant(fleet_line.tenant):
        first = ProviderAccount.objects.get(name="first")
        Delivery.objects.update(wanted_account=first.id)
    work(fleet_line, "email")
    assert fleet.calls("second") == 0
    assert fleet_line.delivery().status == "sent"


# --- the next channel


def test_without_a_receipt_the_next_channel_is_used(api: Api, line: Line) -> None:
    make_watching(line.tenant, ["sms"])
    greet(api)
    sent(line)
    work(line)
    assert states(line) == [("email", "sent"), ("sms", "sent")]
    with in_tenant(line.tenant):
        email, sms = Delivery.objects.order_by("id")
    assert (email.fell_over, sms.fallback_of) == (True, email.id)
    assert (sms.address, sms.lane, sms.locale) == (ANA["phone"], "normal", "en")
    assert sms.template_version_id is not None
    assert not sms.possibly_repeated
    assert [message.text for message in line.provider.sent] == ["Hello Ana", "Hello Ana"]


def test_the_notification_is_queued_until_the_next_channel_has_sent(api: Api, line: Line) -> None:
    make_watching(line.tenant, ["sms"])
    greet(api)
    sent(line)
    line.deliver()
    assert states(line) == [("email", "sent"), ("sms", "queued")]
    assert line.notification().status == "queued"
    work(line)
    assert line.notification().status == "sent"


def test_the_channel_comes_before_the_account(api: Api, line: Line) -> None:
    make_account(line.tenant, name="another", position=5)
    make_watching(line.tenant, ["sms"])
    greet(api)
    sent(line)
    work(line)
    assert states(line) == [("email", "sent"), ("sms", "sent")]
    assert len(line.provider.sent) == 2


def test_a_fallback_is_sent_by_its_channel_once(api: Api, line: Line) -> None:
    make_account(line.tenant, name="another", channel="sms", position=5)
    make_watching(line.tenant, ["sms"])
    greet(api)
    for _ in range(3):
        work(line)
        line.pass_time(60)
    assert len(line.provider.sent) == 2
    assert not OutboxEntry.objects.exists()


@pytest.mark.parametrize("kind", [EventKind.BOUNCED, EventKind.FAILED])
def test_a_bad_receipt_calls_for_the_next_channel_at_once(
    api: Api, line: Line, kind: EventKind
) -> None:
    make_watching(line.tenant, ["sms"])
    greet(api)
    sent(line, then=1)
    receipt(line, kind)
    work(line)
    assert states(line) == [("email", kind.value), ("sms", "sent")]


def test_a_refusal_calls_for_the_next_channel_at_once(api: Api, line: Line) -> None:
    make_watching(line.tenant, ["sms"])
    line.provider.answers[ANA["email"]].append(REFUSED)
    greet(api)
    work(line)
    assert states(line) == [("email", "failed"), ("sms", "sent")]
    assert line.notification().status == "sent"


def test_a_suppressed_address_calls_for_the_next_channel_at_once(api: Api, line: Line) -> None:
    make_watching(line.tenant, ["sms"])
    greet(api)
    make_suppression(line.tenant, ANA["email"])
    work(line)
    assert states(line) == [("email", "skipped"), ("sms", "sent")]


def test_a_broken_template_calls_for_the_next_channel_at_once(api: Api, line: Line) -> None:
    broken = [
        Content(channel="email", locale="en", subject="s", text="{{ name | divided_by: 0 }}"),
        Content(channel="sms", locale="en", text="Hello {{ name }}"),
    ]
    make_template(line.tenant, "broken", contents=broken)
    make_watching(line.tenant, ["sms"], template="broken")
    greet(api)
    work(line)
    assert states(line) == [("email", "failed"), ("sms", "sent")]


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


def test_a_request_that_names_a_channel_falls_back_too(api: Api, line: Line) -> None:
    make_watching(line.tenant, ["sms"])
    greet(api, channels=["email"])
    sent(line)
    work(line)
    assert states(line) == [("email", "sent"), ("sms", "sent")]


def test_a_policy_that_was_switched_off_sends_nothing_more(api: Api, line: Line) -> None:
    make_watching(line.tenant, ["sms"])
    greet(api)
    sent(line)
    with in_tenant(line.tenant):
        Policy.objects.filter(topic="person.greeted").update(enabled=False)
    policies.forget(line.tenant.schema)
    work(line)
    assert states(line) == [("email", "sent")]


def test_who_cannot_be_reached_otherwise_gets_the_fallback_at_once(api: Api, line: Line) -> None:
    make_watching(line.tenant, ["sms"])
    make_suppression(line.tenant, ANA["email"])
    greet(api)
    assert states(line) == [("email", "skipped"), ("sms", "queued")]
    greet(api, {"id": "eve", "phone": "+33612345679"})
    assert states(line)[2:] == [("email", "skipped"), ("sms", "queued")]
    work(line)
    assert len(line.provider.sent) == 2


def test_without_an_address_it_is_skipped(api: Api, line: Line) -> None:
    make_watching(line.tenant, ["sms"])
    greet(api, {"id": "ana", "email": "ana@example.org"})
    sent(line)
    work(line)
    assert states(line) == [("email", "sent"), ("sms", "skipped")]
    with in_tenant(line.tenant):
        assert Delivery.objects.get(channel="sms").reason == "no_contact"
    assert line.notification().status == "sent"


def test_without_an_address_the_next_account_sends_it_again(api: Api, line: Line) -> None:
    make_account(line.tenant, name="another", position=5)
    make_watching(line.tenant, ["sms"])
    greet(api, {"id": "ana", "email": "ana@example.org"})
    sent(line)
    work(line)
    assert states(line) == [("email", "sent"), ("sms", "skipped")]
    assert len(line.provider.sent) == 2


def test_a_suppressed_fallback_is_skipped(api: Api, line: Line) -> None:
    make_watching(line.tenant, ["sms"])
    make_suppression(line.tenant, ANA["phone"], channel="sms")
    greet(api)
    sent(line)
    work(line)
    assert states(line) == [("email", "sent"), ("sms", "skipped")]


def test_a_fallback_that_lacks_variables_is_skipped_and_says_which(api: Api, line: Line) -> None:
    contents = [
        Content(channel="email", locale="en", subject="s", text="Hello {{ name }}"),
        Content(channel="sms", locale="en", text="Hello {{ nickname }}"),
    ]
    make_template(line.tenant, "demanding", contents=contents)
    make_watching(line.tenant, ["sms"], template="demanding")
    greet(api)
    sent(line)
    work(line)
    with in_tenant(line.tenant):
        sms = Delivery.objects.get(channel="sms")
    assert (sms.status, sms.reason) == ("skipped", "no_template")
    assert "nickname" in sms.detail


# --- late success


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


def test_a_line_that_waits_for_a_limit_does_not_delay_it(api: Api, line: Line) -> None:
    make_watching(line.tenant, ["sms"])
    greet(api)
    sent(line)
    outbox.pause("email.normal", line.tenant.id, "limit")
    work(line)
    assert states(line) == [("email", "sent"), ("sms", "sent")]


def test_a_line_that_is_stopped_stops_it(api: Api, line: Line) -> None:
    make_watching(line.tenant, ["sms"])
    greet(api)
    sent(line)
    outbox.pause("", line.tenant.id, "suspended")
    assert line.publish() == []


# --- cancel, redrive, kill


def test_cancel_takes_the_watches_of_what_was_sent_along(api: Api, line: Line) -> None:
    make_policy(line.tenant, channels=("email", "sms"), watch_seconds=60)
    make_account(line.tenant, name="another", position=5)
    notification = greet(api)
    line.deliver()
    assert len(watches()) == 1
    assert api.post(f"/notifications/{notification}/cancel").status == 200
    assert not OutboxEntry.objects.exists()
    assert sorted(states(line)) == [("email", "sent"), ("sms", "cancelled")]


def test_cancel_of_what_fell_over(api: Api, line: Line) -> None:
    make_watching(line.tenant, ["sms"])
    notification = greet(api)
    sent(line)
    line.deliver()
    assert api.post(f"/notifications/{notification}/cancel").status == 200
    work(line)
    assert states(line) == [("email", "sent"), ("sms", "cancelled")]


def test_a_watch_says_nothing_of_what_a_redrive_has_sent(api: Api, line: Line) -> None:
    make_account(line.tenant, name="another", position=5)
    make_watching(line.tenant)
    notification = greet(api)
    sent(line, then=1)
    stale = watches()[0].id
    with in_tenant(line.tenant):
        Delivery.objects.update(status="bounced")
    assert api.post(f"/notifications/{notification}/redrive").status == 202
    line.deliver()
    assert len(watches()) == 2
    OutboxEntry.objects.filter(id=stale).update(available_at="2020-01-01T00:00Z")
    work(line, "email")
    assert len(line.provider.sent) == 2
    assert [watch.tries for watch in watches()] == [2]


def test_a_worker_that_dies_with_it_leaves_it_to_the_next(api: Api, line: Line) -> None:
    make_watching(line.tenant, ["sms"])
    greet(api)
    sent(line)
    lost = line.publish()
    for queue in line.queues.values():
        queue.waiting.clear()
    line.pass_time(200)
    work(line)
    for envelope in lost:
        line.queues["email.normal"].put(envelope)
    work(line)
    settle(line.worker())
    assert states(line) == [("email", "sent"), ("sms", "sent")]
    assert len(line.provider.sent) == 2


def test_a_message_that_comes_twice_is_handled_once(api: Api, line: Line) -> None:
    make_watching(line.tenant, ["sms"])
    greet(api)
    sent(line)
    (envelope,) = line.publish()
    line.queues["email.normal"].put(envelope)
    settle(line.worker())
    line.queues["email.normal"].put(envelope)
    settle(line.worker())
    assert states(line) == [("email", "sent"), ("sms", "queued")]


def test_one_that_raises_is_given_up_and_harms_no_other(
    api: Api, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_watching(line.tenant, ["sms"])
    bad, good = (greet(api, {**ANA, "id": name}) for name in ("bad", "good"))
    sent(line)

    def way_of(watched: Watched, *known: Any) -> Fall | None:
        if str(watched.notification) == bad:
            raise ValueError("a bug")
        return fall_ways.way_of(watched, *known)

    monkeypatch.setattr(watches_module, "way_of", way_of)
    for _ in range(3):
        work(line)
        line.pass_time(10)
    assert not OutboxEntry.objects.filter(purpose="watch", delivery=line.delivery(bad).id).exists()
    with in_tenant(line.tenant):
        assert Delivery.objects.get(channel="sms").notification_id == UUID(good)


def test_each_tenant_s_own(api: Api, globex_api: Api, globex: TenantIdentity, line: Line) -> None:
    make_account(globex)
    make_account(globex, channel="sms")
    make_watching(line.tenant, ["sms"])
    make_watching(globex, ["sms"])
    greet(api)
    greet(globex_api)
    sent(line)
    work(line)
    for tenant in (line.tenant, globex):
        with in_tenant(tenant):
            assert Delivery.objects.count() == 2
    assert len(line.provider.sent) == 4


# --- told


def test_the_timeline_says_why_and_by_what(api: Api, line: Line) -> None:
    make_watching(line.tenant, ["sms"])
    notification = greet(api)
    sent(line)
    work(line)
    found = api.get(f"/notifications/{notification}").body
    (fell,) = [event for event in found["timeline"] if event["event"] == "fell over"]
    email, sms = found["deliveries"]
    assert fell["detail"] == "No receipt of delivery came in time: it goes by sms instead."
    assert (fell["channel"], fell["delivery"]) == ("email", email["id"])
    assert sms["fallback_of"] == email["id"]
    assert "fallback_of" not in email


def test_the_timeline_tells_of_another_account(api: Api, line: Line) -> None:
    make_account(line.tenant, name="another", position=5)
    make_watching(line.tenant)
    notification = greet(api)
    sent(line)
    work(line)
    timeline = api.get(f"/notifications/{notification}").body["timeline"]
    fell, again = timeline[-2:]
    assert (fell["event"], again["event"]) == ("fell over", "sent")
    assert fell["detail"].endswith("another account sends it again.")
    assert again["detail"] == "possibly repeated"
