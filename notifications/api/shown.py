"""How a notification is shown, for the OpenAPI document; answers.py makes the JSON itself."""

from datetime import datetime
from uuid import UUID

import msgspec
from msgspec import Struct


class DeliveryOut(Struct, kw_only=True):
    """A delivery; `reason` says why it was skipped or waits, `available_at` until when.

    A skipped delivery has neither address nor time.
    """

    id: UUID
    channel: str
    status: str
    reason: str | None
    to: str | msgspec.UnsetType = msgspec.UNSET
    available_at: datetime | msgspec.UnsetType | None = msgspec.UNSET


class NotificationOut(Struct, kw_only=True):
    """A notification and its deliveries, with addresses masked."""

    id: UUID
    topic: str | None
    status: str
    recipient: str | None
    created_at: datetime
    correlation_id: str | None
    trace_id: str
    deliveries: list[DeliveryOut]
