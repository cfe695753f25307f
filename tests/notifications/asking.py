"""What the tests of accepting share: requests that are right, and a look at what was written."""

from collections.abc import Mapping
from typing import Any

from prometheus_client import REGISTRY

from notifications.models import Contact, Delivery, Notification, Recipient
from signalbus.bus.models import OutboxEntry
from tenants.context import in_tenant
from tenants.identity import TenantIdentity
from tests.door import Answer

ANA: Mapping[str, Any] = {
    "id": "user-42",
    "email": "ana@example.org",
    "phone": "+33612345678",
    "locale": "fr-CA",
    "time_zone": "Europe/Paris",
    "attributes": {"name": "Ana"},
}


def shipped(**changes: Any) -> dict[str, Any]:
    """A request for a starter policy that has e-mail and SMS."""
    return {"topic": "order.shipped", "recipient": dict(ANA), "data": {"order": "A-1"}, **changes}


def letter(**changes: Any) -> dict[str, Any]:
    """A direct e-mail."""
    asked = {"channel": "email", "to": "bo@example.org", "subject": "Hi", "text": "Hello"}
    return {**asked, **changes}


def states(answer: Answer) -> dict[str, tuple[str, str | None]]:
    """Status and reason of each delivery, by channel."""
    return {d["channel"]: (d["status"], d["reason"]) for d in answer.body["deliveries"]}


def written(tenant: TenantIdentity) -> dict[str, int]:
    """How many rows there are of everything that accepting writes."""
    with in_tenant(tenant):
        tables = (Notification, Delivery, Recipient, Contact)
        counts = {model.__name__: model.objects.count() for model in tables}
    return {**counts, "OutboxEntry": OutboxEntry.objects.filter(tenant_id=tenant.id).count()}


def counted(channel: str, outcome: str) -> float:
    """How many deliveries of the normal lane the metric has as ended that way."""
    labels = {"channel": channel, "lane": "normal", "outcome": outcome}
    return REGISTRY.get_sample_value("signalbus_notifications_processed_total", labels) or 0.0


NOTHING = {"Notification": 0, "Delivery": 0, "Recipient": 0, "Contact": 0, "OutboxEntry": 0}
