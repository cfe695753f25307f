"""Notifications with everything that may hang on them, written straight into a tenant's tables."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from delivery import redrives
from delivery.models import Attempt, DeadLetter, Receipt, Redrive, SandboxMessage
from delivery.redrives import Order, RedriveFilter
from notifications.models import Delivery, Notification
from notifications.states import Status
from signalbus.bus import outbox
from signalbus.bus.entries import NewEntry
from signalbus.core.ids import new_id
from tenants.context import in_tenant
from tenants.identity import TenantIdentity

AT = datetime(2026, 5, 1, 12, tzinfo=UTC)


def make_notification(tenant: TenantIdentity, **fields: Any) -> Notification:
    """A notification alone, given its content directly."""
    given = {
        "mode": "live",
        "topic": "order.shipped",
        "status": Status.QUEUED,
        "priority": "normal",
        "recipient_ref": "user-1",
        "correlation_id": "",
        "locale": "en",
        "data": {},
        "content": {"subject": "Hi", "text": "Hello"},
        "trace_id": "0" * 32,
        "created_at": AT,
    }
    with in_tenant(tenant):
        return Notification.objects.create(id=new_id(), **{**given, **fields})


def make_delivery(tenant: TenantIdentity, notification: Notification, **fields: Any) -> Delivery:
    """A delivery of it; one that is queued has its place in the line."""
    given = {
        "mode": notification.mode,
        "channel": "email",
        "lane": "normal",
        "status": notification.status,
        "reason": "",
        "address": "ana@example.org",
        "locale": "en",
        "created_at": AT,
    }
    with in_tenant(tenant):
        row = Delivery.objects.create(id=new_id(), notification=notification, **{**given, **fields})
        if row.status == Status.QUEUED:
            outbox.publish([_entry(tenant, row.id)])
    return row


def make_story(tenant: TenantIdentity, attempts: int = 1, **fields: Any) -> Notification:
    """A dead notification: attempts, a receipt, a dead letter, and what the sandbox took."""
    notification = make_notification(tenant, **{"status": Status.DEAD, **fields})
    delivery = make_delivery(tenant, notification, attempts=attempts, provider="simulator")
    with in_tenant(tenant):
        for number in range(1, attempts + 1):
            attempt = _attempt(delivery.id, number)
        _receipt(delivery.id, attempt.id)
        _dead_letter(notification, delivery.id, attempts)
        _sandbox(notification, delivery)
    return notification


def make_redrive(tenant: TenantIdentity, mark: str = "olga", mode: str = "live") -> Redrive:
    """A redrive of one that gave up, which waits."""
    story = make_notification(tenant, mode=mode, status=Status.DEAD)
    make_delivery(tenant, story)
    with in_tenant(tenant):
        wanted = RedriveFilter(notification=story.id)
        return redrives.begin(Order.of(mode=mode, actor=mark, wanted=wanted)).redrive


def _entry(tenant: TenantIdentity, delivery: UUID) -> NewEntry:
    return NewEntry(
        id=delivery, stream="email.normal", tenant_id=tenant.id, partition_key=1, delivery=delivery
    )


def _attempt(delivery: UUID, number: int) -> Attempt:
    return Attempt.objects.create(
        id=new_id(),
        delivery_id=delivery,
        number=number,
        account_id=new_id(),
        provider="simulator",
        outcome="refused",
        error_class="busy",
        code="421",
        detail="Try again later",
        started_at=AT,
        duration_ms=12,
    )


def _receipt(delivery: UUID, attempt: UUID) -> None:
    Receipt.objects.create(
        account_id=new_id(),
        event_id=str(new_id()),
        delivery_id=delivery,
        attempt_id=attempt,
        event="failed",
        applied=True,
        occurred_at=AT,
        created_at=AT,
    )


def _dead_letter(notification: Notification, delivery: UUID, attempts: int) -> None:
    DeadLetter.objects.create(
        delivery_id=delivery,
        notification_id=notification.id,
        mode=notification.mode,
        channel="email",
        topic=notification.topic,
        provider="simulator",
        error_class="busy",
        code="421",
        reason="Gave up.",
        attempts=attempts,
        created_at=AT,
    )


def _sandbox(notification: Notification, delivery: Delivery) -> None:
    SandboxMessage.objects.create(
        id=new_id(),
        mode=notification.mode,
        notification_id=notification.id,
        delivery_id=delivery.id,
        channel="email",
        address=delivery.address,
        subject="Hi",
        text="Hello",
        html="<b>Hello</b>",
        created_at=AT,
    )
