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


class ResultOut(Struct, kw_only=True, omit_defaults=True):
    """What became of one request of many; `status` is that of HTTP.

    Of an accepted one the members of a notification follow, of a refused one those of a problem.
    """

    index: int
    status: int
    replayed: bool = False
    id: UUID | msgspec.UnsetType = msgspec.UNSET
    topic: str | msgspec.UnsetType | None = msgspec.UNSET
    recipient: str | msgspec.UnsetType | None = msgspec.UNSET
    created_at: datetime | msgspec.UnsetType = msgspec.UNSET
    correlation_id: str | msgspec.UnsetType | None = msgspec.UNSET
    trace_id: str | msgspec.UnsetType = msgspec.UNSET
    deliveries: list[DeliveryOut] | msgspec.UnsetType = msgspec.UNSET
    type: str | msgspec.UnsetType = msgspec.UNSET
    title: str | msgspec.UnsetType = msgspec.UNSET
    detail: str | msgspec.UnsetType = msgspec.UNSET
    errors: list[dict[str, str]] | msgspec.UnsetType = msgspec.UNSET


class ResultsOut(Struct, kw_only=True):
    """One result for each request, in their order."""

    batch: UUID
    accepted: int
    refused: int
    results: list[ResultOut]
