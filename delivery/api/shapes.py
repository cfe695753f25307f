"""The answers of the endpoints that show what became of notifications."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta, Struct

from delivery import errors, suppressed
from delivery.history import Content, Event
from delivery.models import Attempt, DeadLetter, Receipt
from notifications.api.shown import NotificationOut
from signalbus.core import personal

ADVICE = "What a person can do about errors of that class; null where nothing failed."


class AttemptOut(Struct, kw_only=True):
    """One provider call."""

    id: Annotated[UUID, Meta(description="Its id, a UUID.")]
    delivery: Annotated[UUID, Meta(description="The delivery that it belongs to.")]
    number: Annotated[int, Meta(description="Which attempt of the delivery, from 1.")]
    provider: Annotated[str, Meta(description="The kind of provider, such as `smtp`.")]
    outcome: Annotated[str, Meta(description="`accepted`, `refused` or `unknown`.")]
    error_class: Annotated[
        str | None, Meta(description="Why it failed, such as `bad_address`; null where it did not.")
    ]
    code: Annotated[str | None, Meta(description="The provider's own code.")]
    detail: Annotated[str | None, Meta(description="The provider's own words.")]
    advice: Annotated[str | None, Meta(description=ADVICE)]
    reference: Annotated[str | None, Meta(description="The provider's own id of the message.")]
    possibly_repeated: Annotated[
        bool, Meta(description="Whether the provider may have had the message before.")
    ]
    started_at: Annotated[datetime, Meta(description="When the call began.")]
    duration_ms: Annotated[
        int | None, Meta(description="How long the provider took, in milliseconds.")
    ]


class ReceiptOut(Struct, kw_only=True):
    """The provider's later word; `applied` says whether it moved the delivery."""

    id: Annotated[UUID, Meta(description="Its id, a UUID.")]
    delivery: Annotated[
        UUID | None,
        Meta(description="The delivery that it belongs to; null where it is not known."),
    ]
    attempt: Annotated[
        UUID | None, Meta(description="The attempt that it belongs to; null where it is not known.")
    ]
    event: Annotated[
        str,
        Meta(
            description="What the provider says: `delivered`, `bounced`, `soft_bounced`, "
            "`deferred`, `complained`, `failed` or `opted_out`."
        ),
    ]
    error_class: Annotated[str | None, Meta(description="The class of bad news; null of good.")]
    code: Annotated[str | None, Meta(description="The provider's own code.")]
    detail: Annotated[str | None, Meta(description="The provider's own words.")]
    applied: Annotated[bool, Meta(description="Whether it moved the delivery.")]
    occurred_at: Annotated[datetime, Meta(description="When it happened, says the provider.")]


class DetailOut(NotificationOut, kw_only=True):
    """A notification with its whole story; `content` only where it was asked for."""

    timeline: Annotated[list[Event], Meta(description="What happened, in order of time.")]
    attempts: Annotated[
        list[AttemptOut], Meta(description="Every call of a provider, the oldest first.")
    ]
    receipts: Annotated[
        list[ReceiptOut], Meta(description="What providers said later, the oldest first.")
    ]
    content: Annotated[
        list[Content] | msgspec.UnsetType,
        Meta(description="What was said, only with `include=content`."),
    ] = msgspec.UNSET


class LeftOut(Struct, kw_only=True):
    """A delivery that was not redriven; `why` is the reason of the suppression in the way."""

    delivery: Annotated[UUID, Meta(description="The delivery that stays as it is.")]
    channel: Annotated[str, Meta(description="`email` or `sms`.")]
    reason: Annotated[str, Meta(description="`suppressed`.")]
    suppression: Annotated[int, Meta(description="The id of the suppression in the way.")]
    why: Annotated[str, Meta(description="The suppression's reason, such as `hard_bounce`.")]
    detail: Annotated[str, Meta(description="What to do.")]


class RedrivenOut(Struct, kw_only=True):
    """How many deliveries were put into the line again, and which were not."""

    id: Annotated[UUID, Meta(description="The notification's id.")]
    count: Annotated[int, Meta(description="How many deliveries are in the line again.")]
    status: Annotated[str, Meta(description="The notification's status from now on.")]
    left: Annotated[list[LeftOut], Meta(description="The deliveries that stay as they are.")]


class DeadLetterOut(Struct, kw_only=True):
    """A delivery that gave up: why, and what was tried."""

    id: Annotated[UUID, Meta(description="Its id, a UUID.")]
    notification: Annotated[UUID, Meta(description="The notification that it belongs to.")]
    delivery: Annotated[UUID, Meta(description="The delivery that it belongs to.")]
    channel: Annotated[str, Meta(description="`email` or `sms`.")]
    topic: Annotated[
        str | None, Meta(description="The kind of event; null for a message without a policy.")
    ]
    provider: Annotated[str | None, Meta(description="The kind of provider, such as `smtp`.")]
    error_class: Annotated[
        str | None, Meta(description="Why it failed, such as `bad_address`; null where it did not.")
    ]
    code: Annotated[str | None, Meta(description="The provider's own code of the last error.")]
    reason: Annotated[str, Meta(description="The last error in the provider's words.")]
    advice: Annotated[str | None, Meta(description=ADVICE)]
    attempts: Annotated[int, Meta(description="How many attempts were made.")]
    created_at: Annotated[datetime, Meta(description="When it gave up.")]
    acknowledged_at: Annotated[
        datetime | None, Meta(description="When somebody took it off the list.")
    ]
    acknowledged_by: Annotated[str | None, Meta(description="Who took it off the list.")]
    history: Annotated[list[AttemptOut], Meta(description="Every attempt, the oldest first.")]


def left_out(rows: Iterable[suppressed.LeftOut]) -> list[LeftOut]:
    """What a redrive left, as it is shown."""
    names = LeftOut.__struct_fields__
    return [LeftOut(**{name: getattr(each, name) for name in names}) for each in rows]


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
        detail=personal.words(row.detail) or None,
        advice=errors.advice(row.error_class) or None,
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
        error_class=row.error_class or None,
        code=row.code or None,
        detail=personal.words(row.detail) or None,
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
        code=row.code or None,
        reason=personal.words(row.reason),
        advice=errors.advice(row.error_class) or None,
        attempts=row.attempts,
        created_at=row.created_at,
        acknowledged_at=row.acknowledged_at,
        acknowledged_by=row.acknowledged_by or None,
        history=[attempt_out(attempt) for attempt in history],
    )
