"""POST /notify: what is decided, written and answered."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from notifications.models import Delivery, Notification
from signalbus.bus import outbox
from signalbus.bus.models import OutboxEntry
from tenants.context import in_tenant
from tenants.identity import TenantIdentity
from tests.door import Api
from tests.make import make_policy, make_recipient, make_suppression
from tests.notifications.asking import ANA, shipped, states, written


def in_hours(hours: float) -> str:
    return (timezone.now() + timedelta(hours=hours)).isoformat()


def test_the_answer_is_the_contracts(api: Api) -> None:
    answer = api.post("/notify", shipped(correlation_id="order-1"))
    assert answer.status == 202
    body = answer.body
    assert (body["topic"], body["status"], body["recipient"]) == (
        "order.shipped",
        "queued",
        "user-42",
    )
    assert body["correlation_id"] == "order-1"
    assert len(body["trace_id"]) == 32
    email, sms = body["deliveries"]
    assert (email["channel"], email["status"], email["reason"]) == ("email", "queued", None)
    assert (email["to"], sms["to"]) == ("a**@example.org", "********5678")
    assert email["available_at"] == body["created_at"]


def test_every_open_delivery_has_its_entry(api: Api, acme: TenantIdentity) -> None:
    answer = api.post("/notify", shipped(), traceparent="00-" + "a" * 32 + "-" + "b" * 16 + "-01")
    assert answer.body["trace_id"] == "a" * 32
    with in_tenant(acme):
        deliveries = {row.id: row for row in Delivery.objects.all()}
    entries = {row.id: row for row in OutboxEntry.objects.all()}
    assert deliveries.keys() == entries.keys()
    for key, entry in entries.items():
        assert entry.stream == f"{deliveries[key].channel}.normal"
        assert (entry.tenant_id, entry.delivery, entry.purpose) == (acme.id, key, "send")
        assert (entry.published, entry.claim, entry.body) == (False, None, None)
        assert entry.trace.startswith("00-" + "a" * 32)


def test_the_templates_version_is_pinned_in_the_recipients_language(
    api: Api, acme: TenantIdentity
) -> None:
    api.post("/notify", shipped())
    with in_tenant(acme):
        versions = [row.template_version for row in Delivery.objects.order_by("id")]
        assert [(v.template.name, v.channel, v.locale) for v in versions] == [
            ("order-shipped", "email", "fr"),
            ("order-shipped", "sms", "fr"),
        ]
        assert Notification.objects.get().locale == "fr-CA"


def test_a_locale_without_a_text_falls_back_to_the_tenants(api: Api, acme: TenantIdentity) -> None:
    api.post("/notify", shipped(recipient={"email": "li@example.org", "locale": "zh"}))
    with in_tenant(acme):
        assert Delivery.objects.get(channel="email").locale == "en"


def test_a_missing_contact_is_a_skip(api: Api, acme: TenantIdentity) -> None:
    answer = api.post("/notify", shipped(recipient={"email": "bo@example.org"}))
    assert states(answer) == {"email": ("queued", None), "sms": ("skipped", "no_contact")}
    assert set(answer.body["deliveries"][1]) == {"id", "channel", "status", "reason"}
    assert answer.body["recipient"] is None
    assert written(acme)["OutboxEntry"] == 1


def test_a_missing_text_is_a_skip(api: Api, acme: TenantIdentity) -> None:
    make_policy(acme, "welcome.sms", template="welcome", channels=("email", "sms"))
    answer = api.post("/notify", shipped(topic="welcome.sms"))
    assert states(answer) == {"email": ("queued", None), "sms": ("skipped", "no_template")}


def test_a_topic_may_be_sent_in_spite_of_a_suppression(api: Api, acme: TenantIdentity) -> None:
    make_suppression(acme, "ana@example.org", reason="hard_bounce")
    template = {"template": "order-shipped", "channels": ("email",)}
    make_policy(acme, "alarm", overrides=["hard_bounce"], **template)
    make_policy(acme, "news", overrides=["manual"], **template)
    assert states(api.post("/notify", shipped(topic="alarm"))) == {"email": ("queued", None)}
    assert states(api.post("/notify", shipped(topic="news"))) == {
        "email": ("skipped", "suppressed")
    }


def test_a_suppressed_address_is_a_skip(api: Api, acme: TenantIdentity) -> None:
    make_suppression(acme, "ana@example.org")
    answer = api.post("/notify", shipped())
    assert states(answer) == {"email": ("skipped", "suppressed"), "sms": ("queued", None)}


def test_a_suppression_that_has_ended_or_is_of_the_other_mode_stops_nothing(
    api: Api, acme: TenantIdentity
) -> None:
    make_suppression(acme, "ana@example.org", expires_at=timezone.now() - timedelta(hours=1))
    make_suppression(acme, "+33612345678", "sms", mode="test")
    assert states(api.post("/notify", shipped())) == {
        "email": ("queued", None),
        "sms": ("queued", None),
    }


def test_if_all_is_skipped_the_notification_is(api: Api, acme: TenantIdentity) -> None:
    answer = api.post("/notify", shipped(recipient={"id": "nobody-yet"}))
    assert (answer.status, answer.body["status"]) == (202, "skipped")
    with in_tenant(acme):
        assert all(row.settled_at for row in Delivery.objects.all())
    assert written(acme)["OutboxEntry"] == 0


def test_channels_narrow_the_policy(api: Api) -> None:
    assert list(states(api.post("/notify", shipped(channels=["sms"])))) == ["sms"]


def test_priority_overrides_the_policys(api: Api, acme: TenantIdentity) -> None:
    api.post("/notify", shipped(priority="bulk"))
    assert {entry.stream for entry in OutboxEntry.objects.all()} == {"email.bulk", "sms.bulk"}


def test_a_later_time_is_the_entrys(api: Api, acme: TenantIdentity) -> None:
    answer = api.post("/notify", shipped(send_at=in_hours(2)))
    assert set(states(answer).values()) == {("held", "scheduled")}
    for entry in OutboxEntry.objects.all():
        assert entry.available_at > timezone.now() + timedelta(minutes=119)
    with in_tenant(acme):
        patience = timedelta(days=1)
        row = Delivery.objects.first()
        assert row is not None
        assert row.deadline == Notification.objects.get().send_at + patience


def test_a_time_that_has_passed_means_now(api: Api) -> None:
    answer = api.post("/notify", shipped(send_at=in_hours(-2)))
    assert set(states(answer).values()) == {("queued", None)}
    assert all(entry.available_at <= timezone.now() for entry in OutboxEntry.objects.all())


def test_expires_at_is_the_deadline(api: Api, acme: TenantIdentity) -> None:
    moment = in_hours(1)
    api.post("/notify", shipped(expires_at=moment))
    with in_tenant(acme):
        assert {row.deadline.isoformat() for row in Delivery.objects.all()} == {moment}


def test_what_has_expired_is_skipped(api: Api) -> None:
    answer = api.post("/notify", shipped(expires_at=in_hours(-1)))
    assert set(states(answer).values()) == {("skipped", "expired")}


def test_a_known_recipient_is_named_by_id(api: Api, acme: TenantIdentity) -> None:
    make_recipient(acme, "user-1", email="kim@example.org", phone="")
    answer = api.post("/notify", shipped(recipient="user-1"))
    assert states(answer) == {"email": ("queued", None), "sms": ("skipped", "no_contact")}


def test_the_keys_mode_is_the_notifications(api: Api, test_api: Api, acme: TenantIdentity) -> None:
    assert test_api.post("/notify", shipped()).status == 202
    with in_tenant(acme):
        assert {row.mode for row in Notification.objects.all()} == {"test"}
    assert api.post("/notify", shipped(recipient="user-42")).pointers == ["/recipient"]


def test_one_recipients_deliveries_share_a_partition_and_no_other_does(
    api: Api, acme: TenantIdentity
) -> None:
    api.post("/notify", shipped())
    api.post("/notify", shipped(recipient="user-42"))
    assert len({entry.partition_key for entry in OutboxEntry.objects.all()}) == 1
    api.post("/notify", shipped(recipient={**ANA, "id": "user-43"}))
    assert len({entry.partition_key for entry in OutboxEntry.objects.all()}) == 2


def test_relays_are_told_after_the_commit(api: Api, monkeypatch: Any) -> None:
    told: list[str] = []
    monkeypatch.setattr(outbox, "hint", told.append)
    api.post("/notify", shipped())
    assert sorted(told) == ["email.normal", "sms.normal"]
