"""What gave up, for redrives by a filter, and what became of it."""

from typing import Any

from django.utils import timezone

from notifications.models import Delivery
from signalbus.bus.models import OutboxEntry
from tenants.context import in_tenant
from tests.delivery.history_rows import make_delivery, make_letter, make_notification
from tests.door import Answer

TOPIC = {"filter": {"topic": "person.greeted"}}


def make_dead(tenant: Any, **fields: Any) -> Delivery:
    """What gave up, with its letter; `topic` and the like are the notification's."""
    own = {"topic", "recipient_ref", "correlation_id", "batch", "created_at", "mode"}
    notification = make_notification(
        tenant, status="dead", **{name: fields.pop(name) for name in own & fields.keys()}
    )
    given = {"error_class": "busy", "error_code": "503", "detail": "words", "attempts": 8}
    delivery = make_delivery(tenant, notification, **{**given, **fields})
    make_letter(tenant, delivery, topic=notification.topic, created_at=notification.created_at)
    return delivery


def again(tenant: Any, delivery: Delivery) -> Delivery:
    """The delivery as it is now."""
    with in_tenant(tenant):
        return Delivery.objects.get(id=delivery.id)


def taken(answer: Answer) -> int:
    """How many a redrive has taken, or would."""
    assert answer.status in (200, 202), answer
    return int(answer.body["count"])


def end(tenant: Any, delivery: Delivery, status: str) -> None:
    """A worker has done with it."""
    OutboxEntry.objects.filter(id=delivery.id).delete()
    with in_tenant(tenant):
        Delivery.objects.filter(id=delivery.id).update(status=status, settled_at=timezone.now())
