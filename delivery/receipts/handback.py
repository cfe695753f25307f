"""What a provider is given with a message and hands back in its receipts: our own ids.

So a receipt finds its delivery even before the attempt is recorded, and the tenant where several
share an account. The names are unlike those of providers' own fields (SendGrid mixes both, and
has an `attempt`), and short enough for Postmark (20 characters).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from delivery.providers.messages import Message

ATTEMPT, DELIVERY, TENANT = "signalbus_attempt", "signalbus_delivery", "signalbus_tenant"
MOST_DIGITS = 18  # what a bigint holds for certain


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedBack:
    """Our ids, as far as they came back whole."""

    attempt: UUID | None
    delivery: UUID | None
    tenant_id: int | None


def metadata(message: Message) -> dict[str, str]:
    """What travels along with a message."""
    return {
        ATTEMPT: str(message.attempt),
        DELIVERY: str(message.delivery),
        TENANT: str(message.tenant_id),
    }


def query(message: Message) -> str:
    """The same as the query of a callback address."""
    return urlencode(
        {
            "attempt": message.attempt,
            "delivery": message.delivery,
            "tenant": message.tenant_id,
        }
    )


def of_metadata(given: Mapping[str, Any] | None) -> HandedBack:
    """What came back as metadata."""
    return _read(given if isinstance(given, Mapping) else {}, ATTEMPT, DELIVERY, TENANT)


def of_query(given: Mapping[str, Any]) -> HandedBack:
    """What came back in the query of a callback address."""
    return _read(given, "attempt", "delivery", "tenant")


def _read(given: Mapping[str, Any], attempt: str, delivery: str, tenant: str) -> HandedBack:
    return HandedBack(
        attempt=_uuid(given.get(attempt)),
        delivery=_uuid(given.get(delivery)),
        tenant_id=_number(given.get(tenant)),
    )


def _uuid(value: Any) -> UUID | None:
    try:
        return UUID(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _number(value: Any) -> int | None:
    text = str(value)
    if not (text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS):
        return None
    return int(text)
