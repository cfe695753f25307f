"""The timeline tells everything that happened, in order, with the provider's own words."""

from datetime import timedelta

from django.utils import timezone

from delivery import history
from notifications.models import Action, Recipient
from signalbus.core.ids import new_id
from templates_app.models import TemplateVersion
from tenants.context import in_tenant
from tenants.identity import TenantIdentity
from tests.delivery.history_rows import (
    make_attempt,
    make_delivery,
    make_letter,
    make_notification,
    make_receipt,
    set_entry,
)
from tests.make import make_recipient, make_template


def events_of(tenant: TenantIdentity, notification: object) -> list[history.Event]:
    with in_tenant(tenant):
        return history.timeline(history.trail(notification))


def test_a_delivery_that_arrived(acme: TenantIdentity) -> None:
    notification = make_notification(acme, status="delivered")
    delivery = make_delivery(acme, notification)
    refused = make_attempt(
        acme,
        delivery,
        outcome="refused",
        error_class="busy",
        code="429",
        detail="Slow down",
        started_at=notification.created_at + timedelta(seconds=1),
    )
    accepted = make_attempt(
        acme, delivery, number=2, started_at=notification.created_at + timedelta(seconds=2)
    )
    make_receipt(acme, accepted)
    accepted_at, first, second, arrived = events_of(acme, notification)
    assert accepted_at.event == "accepted"
    assert (first.event, first.attempt, first.code) == ("refused", refused.id, "429")
    assert first.detail == "Slow down"
    assert (second.event, second.provider, second.duration_ms) == ("sent", "simulator", 12)
    assert (arrived.event, arrived.attempt) == ("delivered", accepted.id)
    assert arrived.provider == "simulator"
    assert {event.channel for event in (first, second, arrived)} == {"email"}


def test_a_channel_that_was_skipped(acme: TenantIdentity) -> None:
    notification = make_notification(acme, status="skipped")
    make_delivery(acme, notification, reason="no_contact")
    _, skipped = events_of(acme, notification)
    assert (skipped.event, skipped.code) == ("skipped", "no_contact")


def test_what_failed_ends_with_its_reason(acme: TenantIdentity) -> None:
    notification = make_notification(acme, status="failed")
    settled = notification.created_at + timedelta(seconds=3)
    delivery = make_delivery(
        acme, notification, error_class="bad_address", detail="No such user", settled_at=settled
    )
    make_attempt(acme, delivery, outcome="refused", error_class="bad_address", code="550")
    _, refused, failed = events_of(acme, notification)
    assert (refused.event, failed.event, failed.code) == ("refused", "failed", "bad_address")
    assert (failed.at, failed.detail) == (settled, "No such user")


def test_what_a_receipt_says_failed_ends_once(acme: TenantIdentity) -> None:
    notification = make_notification(acme, status="failed")
    attempt = make_attempt(acme, make_delivery(acme, notification))
    make_receipt(acme, attempt, event="failed")
    assert [event.event for event in events_of(acme, notification)] == [
        "accepted",
        "sent",
        "failed",
    ]


def test_what_gave_up_and_was_redriven(acme: TenantIdentity) -> None:
    notification = make_notification(acme, status="queued")
    delivery = make_delivery(acme, notification)
    make_letter(acme, delivery)
    set_entry(delivery.id, available_at=notification.created_at + timedelta(days=1), tries=1)
    with in_tenant(acme):
        Action.objects.create(
            notification_id=notification.id,
            deliveries=[delivery.id],
            verb="redrive",
            actor="key sb_live_abc…",
            created_at=notification.created_at + timedelta(seconds=9),
        )
    _, dead, redriven, ahead = events_of(acme, notification)
    assert (dead.event, dead.code) == ("dead", "provider_down")
    assert dead.detail == "The provider answered 503."
    assert (redriven.event, redriven.detail) == ("redriven", "by key sb_live_abc…")
    assert redriven.channel == "email"
    assert (ahead.event, ahead.at > timezone.now()) == ("retrying", True)


def test_what_is_handed_over_has_nothing_ahead_of_it(acme: TenantIdentity) -> None:
    """The time of a published entry is when it would be published again: no event of its own."""
    notification = make_notification(acme, status="queued")
    delivery = make_delivery(acme, notification)
    set_entry(delivery.id, published=True, available_at=timezone.now() + timedelta(seconds=30))
    assert [event.event for event in events_of(acme, notification)] == ["accepted"]
    with in_tenant(acme):
        (found,) = history.found([notification])
    (answer,) = found.answer()["deliveries"]
    assert (answer["status"], answer["reason"], answer["available_at"]) == ("queued", None, None)


def test_a_call_under_way(acme: TenantIdentity) -> None:
    notification = make_notification(acme, status="queued")
    delivery = make_delivery(acme, notification)
    claim = new_id()
    set_entry(delivery.id, claim=claim, claimed_at=timezone.now(), published=True)
    _, sending = events_of(acme, notification)
    assert (sending.event, sending.attempt) == ("sending", claim)


def test_content_is_rendered_from_the_pinned_version(acme: TenantIdentity) -> None:
    make_template(acme)
    recipient = make_recipient(acme, attributes={"plan": "gold"})
    with in_tenant(acme):
        version = TemplateVersion.objects.get(template__name="greeting", channel="email")
        recipient = Recipient.objects.get(id=recipient.id)
    notification = make_notification(acme, recipient=recipient)
    make_delivery(acme, notification, template_version_id=version.id)
    with in_tenant(acme):
        (content,) = history.content(history.found([notification])[0])
    assert (content.subject, content.text) == ("Hi Ana", "Hello Ana")
    assert "Hello Ana" in content.html
    assert content.error is None


def test_content_given_directly_is_rendered_with_its_data(acme: TenantIdentity) -> None:
    given = {"subject": "", "text": "50 % {{ off }}", "html": ""}
    notification = make_notification(acme, content=given, data={"off": "{{ x }}"})
    make_delivery(acme, notification, channel="sms", address="+33612345678")
    with in_tenant(acme):
        (content,) = history.content(history.found([notification])[0])
    assert content.text == "50 % {{ x }}"


def test_content_whose_version_is_gone_says_so(acme: TenantIdentity) -> None:
    notification = make_notification(acme)
    make_delivery(acme, notification, template_version_id=new_id())
    make_delivery(acme, notification, status="skipped", reason="no_contact")
    with in_tenant(acme):
        (content,) = history.content(history.found([notification])[0])
    assert content.error
