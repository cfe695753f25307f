"""Rows of the past for the tests of history, written as the pipeline would have left them."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from delivery.models import Attempt, DeadLetter, Receipt
from notifications.models import Delivery, Notification
from signalbus.bus import outbox
from signalbus.bus.models import OutboxEntry
from signalbus.bus.outbox import NewEntry
from signalbus.core.ids import new_id
from tenants.context import in_tenant
from tenants.identity import TenantIdentity


def make_notification(tenant: TenantIdentity, **fields: Any) -> Notification:
    """A notification, by default live and sent."""
    values = {
        "id": new_id(),
        "mode": "live",
        "topic": "person.greeted",
        "status": "sent",
        "priority": "normal",
        "recipient_ref": "user-1",
        "correlation_id": "",
        "locale": "en",
        "data": {"name": "Ana"},
        "trace_id": "a" * 32,
        "created_at": timezone.now(),
        **fields,
    }
    with in_tenant(tenant):
        return Notification.objects.create(**values)


def make_delivery(tenant: TenantIdentity, notification: Notification, **fields: Any) -> Delivery:
    """A delivery in the notification's state; an open one has a place in the line too."""
    values = {
        "id": new_id(),
        "notification": notification,
        "mode": notification.mode,
        "channel": "email",
        "lane": "normal",
        "status": notification.status,
        "reason": "",
        "address": "ana@example.org",
        "locale": "en",
        "created_at": notification.created_at,
        "settled_at": None if notification.status == "queued" else notification.created_at,
        **fields,
    }
    with in_tenant(tenant):
        row = Delivery.objects.create(**values)
        if row.status == "queued":
            _enter(tenant, row)
    return row


def make_sent(tenant: TenantIdentity, **fields: Any) -> Notification:
    """A notification with one e-mail; `delivery` holds the fields of that."""
    delivery = fields.pop("delivery", {})
    notification = make_notification(tenant, **fields)
    make_delivery(tenant, notification, **delivery)
    return notification


def set_entry(delivery: UUID, **fields: Any) -> None:
    """Changes the place in the line."""
    OutboxEntry.objects.filter(id=delivery).update(**fields)


def make_attempt(tenant: TenantIdentity, delivery: Delivery, **fields: Any) -> Attempt:
    """A call that the provider accepted."""
    values = {
        "id": new_id(),
        "delivery": delivery,
        "number": 1,
        "provider": "simulator",
        "outcome": "accepted",
        "started_at": delivery.created_at + timedelta(seconds=1),
        "duration_ms": 12,
        **fields,
    }
    with in_tenant(tenant):
        return Attempt.objects.create(**values)


def make_receipt(tenant: TenantIdentity, attempt: Attempt, **fields: Any) -> Receipt:
    """The provider's word that it arrived."""
    values = {
        "account_id": new_id(),
        "event_id": str(new_id()),
        "delivery_id": attempt.delivery_id,
        "attempt_id": attempt.id,
        "event": "delivered",
        "applied": True,
        "occurred_at": attempt.started_at + timedelta(seconds=1),
        "created_at": timezone.now(),
        **fields,
    }
    with in_tenant(tenant):
        return Receipt.objects.create(**values)


def make_letter(tenant: TenantIdentity, delivery: Delivery, **fields: Any) -> DeadLetter:
    """What is left of a delivery that gave up."""
    values = {
        "delivery": delivery,
        "notification_id": delivery.notification_id,
        "mode": delivery.mode,
        "channel": delivery.channel,
        "topic": "person.greeted",
        "provider": "simulator",
        "error_class": "provider_down",
        "code": "503",
        "reason": "The provider answered 503.",
        "attempts": 8,
        "created_at": delivery.created_at + timedelta(seconds=5),
        **fields,
    }
    with in_tenant(tenant):
        return DeadLetter.objects.create(**values)


def _enter(tenant: TenantIdentity, row: Delivery) -> None:
    due: datetime = row.created_at
    entry = NewEntry(
        id=row.id,
        stream=f"{row.channel}.{row.lane}",
        tenant_id=tenant.id,
        partition_key=1,
        delivery=row.id,
        available_at=due,
    )
    outbox.publish([entry])
