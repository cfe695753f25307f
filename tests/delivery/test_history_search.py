"""Search: every filter finds its own and nothing else."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from delivery.history import Filters, found, search
from signalbus.core.ids import new_id
from tenants.context import in_tenant
from tenants.identity import TenantIdentity
from tests.delivery.history_rows import make_delivery, make_notification, make_sent, set_entry

BATCH = new_id()


@pytest.mark.parametrize(
    ("fields", "filters"),
    [
        ({"status": "failed"}, {"status": "failed"}),
        ({"topic": "order.shipped"}, {"topic": "order.shipped"}),
        ({"recipient_ref": "user-2"}, {"recipient": "user-2"}),
        ({"correlation_id": "cart-7"}, {"correlation_id": "cart-7"}),
        ({"batch_id": BATCH}, {"batch": BATCH}),
        ({"delivery": {"channel": "sms"}}, {"channel": "sms"}),
        ({"delivery": {"address": "bob@example.org"}}, {"to": "Bob@Example.ORG"}),
        ({"delivery": {"address": "+33612345678"}}, {"to": "+33 6 12 34 56 78"}),
        ({"delivery": {"provider": "twilio"}}, {"provider": "twilio"}),
        ({"delivery": {"error_class": "busy"}}, {"error_class": "busy"}),
    ],
)
def test_each_filter(acme: TenantIdentity, fields: dict[str, Any], filters: dict[str, Any]) -> None:
    make_sent(acme)
    wanted = make_sent(acme, **fields)
    make_sent(acme)
    with in_tenant(acme):
        assert list(search("live", Filters(**filters))) == [wanted]


def test_without_filters_the_newest_come_first(acme: TenantIdentity) -> None:
    rows = [make_sent(acme) for _ in range(3)]
    with in_tenant(acme):
        assert list(search("live", Filters())) == rows[::-1]


def test_modes_are_apart(acme: TenantIdentity) -> None:
    live, test = make_sent(acme), make_sent(acme, mode="test")
    with in_tenant(acme):
        assert list(search("live", Filters())) == [live]
        assert list(search("test", Filters())) == [test]
        assert list(search(None, Filters())) == [test, live]


def test_filters_on_deliveries_mean_one_and_the_same_delivery(acme: TenantIdentity) -> None:
    mixed = make_notification(acme)
    make_delivery(acme, mixed, channel="email", provider="smtp")
    make_delivery(acme, mixed, channel="sms", provider="twilio", address="+33612345678")
    with in_tenant(acme):
        assert list(search("live", Filters(channel="sms", provider="twilio"))) == [mixed]
        assert list(search("live", Filters(channel="email", provider="twilio"))) == []


def test_a_window_of_time_is_exact(acme: TenantIdentity) -> None:
    now = timezone.now()
    rows = [make_sent(acme, created_at=now + timedelta(seconds=second)) for second in range(3)]
    with in_tenant(acme):
        after = search("live", Filters(created_after=now + timedelta(seconds=1)))
        before = search("live", Filters(created_before=now + timedelta(seconds=1)))
        assert list(after) == [rows[2], rows[1]]
        assert list(before) == [rows[0]]


@pytest.mark.parametrize(
    ("entry", "shown"),
    [
        ({"claim": new_id(), "published": True}, "sending"),
        ({"tries": 0, "in_seconds": 60, "reason": "paused"}, "held"),
        ({"tries": 2, "in_seconds": 60}, "retrying"),
        ({}, "queued"),
    ],
)
def test_what_the_line_says(acme: TenantIdentity, entry: dict[str, Any], shown: str) -> None:
    notification = make_notification(acme, status="queued")
    delivery = make_delivery(acme, notification)
    seconds = entry.pop("in_seconds", -1)
    set_entry(delivery.id, available_at=timezone.now() + timedelta(seconds=seconds), **entry)
    with in_tenant(acme):
        assert list(search("live", Filters(status="queued"))) == [notification]
        for status in ("sending", "held", "retrying"):
            expected = [notification] if status == shown else []
            assert list(search("live", Filters(status=status))) == expected
        (here,) = found([notification])
    (answer,) = here.answer()["deliveries"]
    assert answer["status"] == shown
    assert answer["reason"] == (entry.get("reason") or None)


@pytest.mark.parametrize("status", ["failed", "dead", "bounced", "unknown"])
def test_a_failure_has_the_class_of_its_error_as_reason(acme: TenantIdentity, status: str) -> None:
    notification = make_sent(acme, status=status, delivery={"error_class": "bad_address"})
    with in_tenant(acme):
        (here,) = found([notification])
    assert here.answer()["deliveries"][0]["reason"] == "bad_address"


@pytest.mark.parametrize(("held_by", "shown"), [("retry", "busy"), ("paused", "paused")])
def test_between_tries_the_last_error_is_the_reason(
    acme: TenantIdentity, held_by: str, shown: str
) -> None:
    notification = make_notification(acme, status="queued")
    delivery = make_delivery(acme, notification, error_class="busy")
    later = timezone.now() + timedelta(seconds=60)
    set_entry(delivery.id, available_at=later, tries=1, reason=held_by)
    with in_tenant(acme):
        (here,) = found([notification])
    (answer,) = here.answer()["deliveries"]
    assert (answer["status"], answer["reason"]) == ("retrying", shown)


def test_addresses_are_masked(acme: TenantIdentity) -> None:
    notification = make_sent(acme)
    with in_tenant(acme):
        (here,) = found([notification])
    assert here.answer()["deliveries"][0]["to"] == "a**@example.org"
