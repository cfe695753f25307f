"""Notifications through the API: asked for, found, told, cancelled, redriven, acknowledged."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from delivery.errors import RULES, ErrorClass
from delivery.models import DeadLetter
from notifications.models import Action, Delivery, Notification
from signalbus.bus.models import OutboxEntry
from tenants.context import in_tenant
from tenants.identity import TenantIdentity
from tests.api.test_problems import check
from tests.delivery.history_rows import (
    make_attempt,
    make_delivery,
    make_letter,
    make_notification,
    make_sent,
    set_entry,
)
from tests.door import Api
from tests.make import make_policy, make_suppression

DIRECT = {"channel": "email", "to": "Ana@example.org", "subject": "Hi", "text": "Hello"}


def test_a_message_on_one_channel(api: Api, acme: TenantIdentity) -> None:
    answer = api.post("/notifications", DIRECT)
    assert answer.status == 202, answer
    (delivery,) = answer.body["deliveries"]
    assert (delivery["channel"], delivery["status"]) == ("email", "queued")
    assert delivery["to"] == "a**@example.org"
    assert answer.body["topic"] is None
    shown = api.get(f"/notifications/{answer.body['id']}").body
    for each in (delivery, shown["deliveries"][0]):
        each.pop("available_at")  # by the process's clock, then by the database's
    assert {name: shown[name] for name in answer.body} == answer.body


def test_what_was_accepted_is_found_and_told(api: Api, acme: TenantIdentity) -> None:
    make_policy(acme)
    asked = {
        "topic": "person.greeted",
        "recipient": {"id": "user-1", "email": "ana@example.org"},
        "data": {"name": "Ana"},
        "correlation_id": "cart-7",
    }
    made = api.post("/notify", asked).body
    (found,) = api.get("/notifications", {"correlation_id": "cart-7"}).body["results"]
    assert found["id"] == made["id"]
    shown = api.get(f"/notifications/{made['id']}", {"include": "content"}).body
    events = [(event["event"], event["channel"]) for event in shown["timeline"]]
    assert events[0] == ("accepted", None)
    assert ("skipped", "sms") in events
    (content,) = shown["content"]
    assert (content["subject"], content["channel"]) == ("Hi Ana", "email")


def test_content_is_shown_on_request_only(api: Api, acme: TenantIdentity) -> None:
    made = api.post("/notifications", DIRECT).body
    assert "content" not in api.get(f"/notifications/{made['id']}").body
    answer = api.get(f"/notifications/{made['id']}", {"include": "secrets"})
    check(answer, "invalid-parameter")


def test_attempts_are_told_with_the_provider_s_words(api: Api, acme: TenantIdentity) -> None:
    notification = make_notification(acme, status="failed")
    delivery = make_delivery(acme, notification)
    make_attempt(
        acme, delivery, outcome="refused", error_class="bad_address", code="550", detail="No such"
    )
    shown = api.get(f"/notifications/{notification.id}").body
    (attempt,) = shown["attempts"]
    assert (attempt["code"], attempt["detail"], attempt["duration_ms"]) == ("550", "No such", 12)
    (refused,) = (event for event in shown["timeline"] if event["event"] == "refused")
    assert refused["detail"] == "No such"
    assert attempt["advice"] == RULES[ErrorClass.BAD_ADDRESS].advice
    assert shown["receipts"] == []


def test_cancelling(api: Api, acme: TenantIdentity) -> None:
    made = api.post("/notifications", DIRECT).body
    answer = api.post(f"/notifications/{made['id']}/cancel", idempotency_key="k")
    assert (answer.status, answer.body["status"]) == (200, "cancelled")
    assert not OutboxEntry.objects.exists()
    replayed = api.post(f"/notifications/{made['id']}/cancel", idempotency_key="k")
    assert replayed.body == answer.body
    again = check(api.post(f"/notifications/{made['id']}/cancel"), "too-late")
    assert again.body["state"] == "cancelled"


def test_cancelling_what_is_under_way(api: Api, acme: TenantIdentity) -> None:
    made = api.post("/notifications", DIRECT).body
    set_entry(made["deliveries"][0]["id"], claim=made["id"])
    answer = check(api.post(f"/notifications/{made['id']}/cancel"), "too-late")
    assert answer.body["state"] == "sending"


@pytest.mark.parametrize("status", ["failed", "dead", "bounced", "unknown"])
def test_redriving(api: Api, acme: TenantIdentity, status: str) -> None:
    notification = make_sent(acme, status=status)
    answer = api.post(f"/notifications/{notification.id}/redrive")
    assert answer.status == 202, answer
    assert (answer.body["count"], answer.body["status"]) == (1, "queued")
    with in_tenant(acme):
        assert Delivery.objects.get().status == "queued"
        assert Action.objects.get().verb == "redrive"
    assert OutboxEntry.objects.count() == 1
    check(api.post(f"/notifications/{notification.id}/redrive"), "conflict")


def test_redriving_what_arrived(api: Api, acme: TenantIdentity) -> None:
    notification = make_sent(acme, status="delivered")
    answer = check(api.post(f"/notifications/{notification.id}/redrive"), "conflict")
    assert answer.body["state"] == "delivered"


def test_redriving_to_a_suppressed_address(api: Api, acme: TenantIdentity) -> None:
    notification = make_sent(acme, status="failed")
    held = make_suppression(acme, "ana@example.org", reason="bad_address")
    answer = check(api.post(f"/notifications/{notification.id}/redrive"), "conflict")
    assert f"DELETE /api/v1/suppressions/{held.id}" in answer.body["detail"]
    (left,) = answer.body["left"]
    assert (left["reason"], left["why"]) == ("suppressed", "bad_address")
    assert not OutboxEntry.objects.exists()
    assert api.delete(f"/suppressions/{held.id}").status == 204
    again = api.post(f"/notifications/{notification.id}/redrive")
    assert (again.status, again.body["count"], again.body["left"]) == (202, 1, [])


def test_redriving_tells_which_deliveries_are_left(api: Api, acme: TenantIdentity) -> None:
    notification = make_sent(acme, status="dead")
    other = make_delivery(acme, notification, channel="sms", address="+33612345678")
    held = make_suppression(acme, "+33612345678", channel="sms", reason="opt_out")
    answer = api.post(f"/notifications/{notification.id}/redrive")
    assert (answer.status, answer.body["count"]) == (202, 1)
    (left,) = answer.body["left"]
    assert (left["delivery"], left["suppression"]) == (str(other.id), held.id)


def make_dead(acme: TenantIdentity, **fields: Any) -> DeadLetter:
    an_hour_ago = timezone.now() - timedelta(hours=1)
    notification = make_notification(acme, status="dead", created_at=an_hour_ago)
    delivery = make_delivery(acme, notification)
    make_attempt(acme, delivery, outcome="refused", error_class="provider_down", code="503")
    return make_letter(acme, delivery, **fields)


def test_dead_letters_tell_why_and_what_was_tried(api: Api, acme: TenantIdentity) -> None:
    letter = make_dead(acme)
    (shown,) = api.get("/dead-letters", {"error_class": "provider_down"}).body["results"]
    assert shown["id"] == str(letter.id)
    assert (shown["code"], shown["reason"]) == ("503", "The provider answered 503.")
    assert [attempt["code"] for attempt in shown["history"]] == ["503"]
    assert shown["advice"] == RULES[ErrorClass.PROVIDER_DOWN].advice
    assert api.get("/dead-letters", {"error_class": "busy"}).body["results"] == []


def test_acknowledging_takes_a_letter_off_the_list(api: Api, acme: TenantIdentity) -> None:
    letter = make_dead(acme)
    answer = api.post(f"/dead-letters/{letter.id}/acknowledge")
    assert answer.status == 200, answer
    assert answer.body["acknowledged_by"].startswith("key sb_live_")
    assert api.get("/dead-letters").body["results"] == []
    again = api.post(f"/dead-letters/{letter.id}/acknowledge")
    assert again.body == answer.body
    with in_tenant(acme):
        assert Action.objects.get().verb == "acknowledge"
        notification = Notification.objects.get()
    events = [e["event"] for e in api.get(f"/notifications/{notification.id}").body["timeline"]]
    assert events == ["accepted", "refused", "dead", "acknowledged"]


def test_redriven_letters_leave_the_list(api: Api, acme: TenantIdentity) -> None:
    letter = make_dead(acme)
    api.post(f"/notifications/{letter.notification_id}/redrive")
    assert api.get("/dead-letters").body["results"] == []
