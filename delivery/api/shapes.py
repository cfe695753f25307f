"""The answers of the endpoints that show what became of notifications."""

from datetime import datetime
from uuid import UUID

import msgspec
from msgspec import Struct

from delivery.history import Content, Event
from delivery.models import Attempt, DeadLetter, Receipt
from notifications.api.shown import NotificationOut


class AttemptOut(Struct, kw_only=True):
    """One provider call."""

    id: UUID
    delivery: UUID
    number: int
    provider: str
    outcome: str
    error_class: str | None
    code: str | None
    detail: str | None
    reference: str | None
    possibly_repeated: bool
    started_at: datetime
    duration_ms: int | None


class ReceiptOut(Struct, kw_only=True):
    """The provider's later word; `applied` says whether it moved the delivery."""

    id: UUID
    delivery: UUID | None
    attempt: UUID | None
    event: str
    code: str | None
    detail: str | None
    applied: bool
    occurred_at: datetime


class DetailOut(NotificationOut, kw_only=True):
    """A notification with its whole story; `content` only where it was asked for."""

    timeline: list[Event]
    attempts: list[AttemptOut]
    receipts: list[ReceiptOut]
    content: list[Content] | msgspec.UnsetType = msgspec.UNSET


class LeftOut(Struct, kw_only=True):
    """A delivery that was not redriven; `why` is the reason of the suppression in the way."""

    delivery: UUID
    channel: str
    reason: str
    suppression: int
    why: str
    detail: str


class RedrivenOut(Struct, kw_only=True):
    """How many deliveries were put into the line again, and which were not."""

    id: UUID
    count: int
    status: str
    left: list[LeftOut]


class DeadLetterOut(Struct, kw_only=True):
    """A delivery that gave up: why, and what was tried."""

    id: UUID
    notification: UUID
    delivery: UUID
    channel: str
    topic: str | None
    provider: str | None
    error_class: str | None
    reason: str
    attempts: int
    created_at: datetime
    acknowledged_at: datetime | None
    acknowledged_by: str | None
    history: list[AttemptOut]


def attempt_out(row: Attempt) -> AttemptOut:
    """An attempt as it is shown."""
    return AttemptOut(
        id=row.id,
        delivery=row.delivery_id,
        number=row.number,
        provider=row.provider,
        outcome=row.outcome,
        error_class=row.error_class or None,
        code=row.code or None,
        detail=row.detail or None,
        reference=row.reference or None,
        possibly_repeated=row.possibly_repeated,
        started_at=row.started_at,
        duration_ms=row.duration_ms,
    )


def receipt_out(row: Receipt) -> ReceiptOut:
    """A receipt as it is shown."""
    return ReceiptOut(
        id=row.id,
        delivery=row.delivery_id,
        attempt=row.attempt_id,
        event=row.event,
        code=row.code or None,
        detail=row.detail or None,
        applied=row.applied,
        occurred_at=row.occurred_at,
    )


def dead_letter_out(row: DeadLetter, history: list[Attempt]) -> DeadLetterOut:
    """A dead letter as it is shown."""
    return DeadLetterOut(
        id=row.id,
        notification=row.notification_id,
        delivery=row.delivery_id,
        channel=row.channel,
        topic=row.topic or None,
        provider=row.provider or None,
        error_class=row.error_class or None,
        reason=row.reason,
        attempts=row.attempts,
        created_at=row.created_at,
        acknowledged_at=row.acknowledged_at,
        acknowledged_by=row.acknowledged_by or None,
        history=[attempt_out(attempt) for attempt in history],
    )
