"""A notification's story in order of time, the next try included. Pure."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec

from delivery.history.trail import Trail
from delivery.models import Attempt, DeadLetter, Receipt
from notifications import answers
from notifications.models import Action, Delivery
from notifications.states import Shown, Status
from signalbus.core import personal
from signalbus.core.scrubbing import scrub

# How an attempt's outcome and an action's verb are told.
OUTCOMES = {"accepted": "sent", "refused": "refused", "unknown": "unknown"}
VERBS = {
    "cancel": "cancelled",
    "redrive": "redriven",
    "redrive_stop": "redrive stopped",
    "acknowledge": "acknowledged",
    "fall_over": "fell over",
    "settle_sent": "settled as sent",
    "settle_delivered": "settled as delivered",
    "settle_failed": "settled as failed",
}
DUE = Status.QUEUED  # the word of a delivery that waits for nothing but its turn


class Event(msgspec.Struct, kw_only=True):
    """A line of the timeline; what does not apply is null. `detail` holds the provider's words."""

    at: Annotated[datetime, msgspec.Meta(description="When.")]
    event: Annotated[
        str, msgspec.Meta(description="What happened, such as `accepted`, `sent` or `delivered`.")
    ]
    channel: Annotated[str | None, msgspec.Meta(description="`email` or `sms`.")] = None
    delivery: Annotated[UUID | None, msgspec.Meta(description="The delivery that it is about.")] = (
        None
    )
    attempt: Annotated[UUID | None, msgspec.Meta(description="The attempt that it is about.")] = (
        None
    )
    provider: Annotated[
        str | None, msgspec.Meta(description="The kind of provider, such as `smtp`.")
    ] = None
    code: Annotated[
        str | None, msgspec.Meta(description="The provider's own code, or the reason.")
    ] = None
    detail: Annotated[
        str | None, msgspec.Meta(description="The provider's own words, or who did it.")
    ] = None
    duration_ms: Annotated[
        int | None, msgspec.Meta(description="How long the provider took, in milliseconds.")
    ] = None


def timeline(trail: Trail) -> list[Event]:
    """Every event, by time; those of the same moment in the order in which they follow."""
    channels = {delivery.id: delivery.channel for delivery in trail.found.deliveries}
    providers = {attempt.id: attempt.provider for attempt in trail.attempts}
    events = [
        *_accepted(trail),
        *_skipped(trail.found.deliveries),
        *(_attempt(attempt, channels) for attempt in trail.attempts),
        *(_receipt(receipt, channels, providers) for receipt in trail.receipts),
        *(_dead(letter) for letter in trail.letters),
        *_failed(trail),
        *(event for action in trail.actions for event in _action(action, channels)),
        *_under_way(trail),
        *_ahead(trail),
    ]
    shown = events if personal.sees() else [_masked(event) for event in events]
    return sorted(shown, key=lambda event: event.at)


def _masked(event: Event) -> Event:
    """The event with addresses in the words of a provider or an operator masked."""
    return msgspec.structs.replace(event, detail=scrub(event.detail) if event.detail else None)


def _accepted(trail: Trail) -> Iterator[Event]:
    row = trail.found.notification
    detail = f"to be sent at {row.send_at.isoformat()}" if row.send_at else None
    yield Event(at=row.created_at, event="accepted", detail=detail)


def _skipped(deliveries: Iterable[Delivery]) -> Iterator[Event]:
    for row in deliveries:
        if row.status == Status.SKIPPED:
            yield Event(
                at=row.settled_at or row.created_at,
                event="skipped",
                channel=row.channel,
                delivery=row.id,
                code=row.reason,
                detail=row.detail or None,
            )


def _attempt(row: Attempt, channels: dict[UUID, str]) -> Event:
    return Event(
        at=row.started_at,
        event=OUTCOMES.get(row.outcome, row.outcome),
        channel=channels[row.delivery_id],
        delivery=row.delivery_id,
        attempt=row.id,
        provider=row.provider,
        code=row.code or row.error_class or None,
        detail=_words(row),
        duration_ms=row.duration_ms,
    )


def _words(row: Attempt) -> str | None:
    if row.possibly_repeated:
        return "; ".join(filter(None, (row.detail.rstrip("."), "possibly repeated")))
    return row.detail or None


def _receipt(row: Receipt, channels: dict[UUID, str], providers: dict[UUID, str]) -> Event:
    return Event(
        at=row.occurred_at,
        event=row.event,
        channel=channels.get(row.delivery_id) if row.delivery_id else None,
        delivery=row.delivery_id,
        attempt=row.attempt_id,
        provider=providers.get(row.attempt_id) if row.attempt_id else None,
        code=row.code or None,
        detail=row.detail or (None if row.applied else "it changed nothing"),
    )


def _dead(row: DeadLetter) -> Event:
    return Event(
        at=row.created_at,
        event=Status.DEAD,
        channel=row.channel,
        delivery=row.delivery_id,
        provider=row.provider or None,
        code=row.error_class or None,
        detail=row.reason,
    )


def _failed(trail: Trail) -> Iterator[Event]:
    """The end of what failed, unless it was a receipt that said so."""
    told = {row.delivery_id for row in trail.receipts if row.applied and row.event == Status.FAILED}
    for row in trail.found.deliveries:
        if row.status == Status.FAILED and row.id not in told:
            yield Event(
                at=row.settled_at or row.created_at,
                event=Status.FAILED,
                channel=row.channel,
                delivery=row.id,
                provider=row.provider or None,
                code=row.error_class or None,
                detail=row.detail or None,
            )


def _action(row: Action, channels: dict[UUID, str]) -> Iterator[Event]:
    """One event for each delivery that the action was about; one without, where it names none."""
    deliveries: list[UUID | None] = list(row.deliveries) or [None]
    for delivery in deliveries:
        yield Event(
            at=row.created_at,
            event=VERBS.get(row.verb, row.verb),
            channel=channels.get(delivery) if delivery else None,
            delivery=delivery,
            detail=row.detail or f"by {row.actor}",
        )


def _under_way(trail: Trail) -> Iterator[Event]:
    for row in trail.found.deliveries:
        entry = trail.found.entries.get(row.id)
        if entry and entry.claim and entry.claimed_at:
            yield Event(
                at=entry.claimed_at,
                event=Shown.SENDING,
                channel=row.channel,
                delivery=row.id,
                attempt=entry.claim,
            )


def _ahead(trail: Trail) -> Iterator[Event]:
    """When a delivery that waits has its next turn, and why it waits until then."""
    for row in trail.found.deliveries:
        place = trail.found.places.get(row.id)
        if place and place.available_at and place.word != DUE:
            yield Event(
                at=place.available_at,
                event=place.word,
                channel=row.channel,
                delivery=row.id,
                code=answers.reason(row, place),
            )
