"""Makes receipts that found no delivery."""

from typing import Any
from uuid import UUID

from django.utils import timezone

from delivery.models import Receipt
from signalbus.core.ids import new_id
from tenants.context import in_tenant
from tenants.identity import TenantIdentity
from tenants.models import StrayReceipt

RAW = {"to": "zoe@example.org", "type": "hard_bounced"}


def make_stray(account: UUID | None = None, **fields: Any) -> StrayReceipt:
    """A receipt of the platform's account that belongs to no tenant."""
    now = timezone.now()
    known = {
        "account_id": account or new_id(),
        "event_id": str(new_id()),
        "reference": "message-7",
        "event": "bounced",
        "error_class": "bad_address",
        "detail": "550 no zoe@example.org here",
        "raw": RAW,
        "occurred_at": now,
        "received_at": now,
        "look_at": now,
    }
    return StrayReceipt.objects.create(**{**known, **fields})


def make_unmatched(tenant: TenantIdentity, **fields: Any) -> Receipt:
    """A receipt of the tenant's own account about nothing that it has sent."""
    now = timezone.now()
    known = {
        "account_id": new_id(),
        "event_id": str(new_id()),
        "reference": "message-8",
        "event": "bounced",
        "applied": False,
        "raw": RAW,
        "occurred_at": now,
        "created_at": now,
    }
    with in_tenant(tenant):
        return Receipt.objects.create(**{**known, **fields})
