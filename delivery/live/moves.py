"""A move, and how it is told: as an event of a `text/event-stream` (HTML, 9.2). Pure."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Annotated, NamedTuple
from uuid import UUID

from msgspec import Meta, Struct, json

EVENT = "delivery"
RESET = "reset"
LOST = {
    "detail": "What happened since that event is not kept any more. Read what you show anew, by "
    "GET /notifications or GET /statistics; the stream goes on from now."
}


class Move(NamedTuple):
    """A delivery came into a state; as it is read, in the order of its columns."""

    id: int
    at: datetime
    mode: str
    channel: str
    topic: str
    notification: UUID
    delivery: UUID
    status: str
    previous: str
    reason: str
    provider: str
    error_class: str


class MoveOut(Struct, kw_only=True):
    """The data of an event `delivery`: a delivery came into a state. It has no personal data."""

    delivery: Annotated[UUID, Meta(description="The delivery, as in its notification.")]
    notification: Annotated[UUID, Meta(description="The notification that it belongs to.")]
    channel: Annotated[str, Meta(description="The channel.")]
    topic: Annotated[str | None, Meta(description="The kind of event; null: sent directly.")]
    status: Annotated[str, Meta(description="The state that it came into.")]
    previous: Annotated[str | None, Meta(description="That before; null: it was just made.")]
    reason: Annotated[str | None, Meta(description="Why it was skipped.")]
    provider: Annotated[str | None, Meta(description="The kind of provider tried last, if any.")]
    error_class: Annotated[str | None, Meta(description="Why it failed, if it did.")]
    at: Annotated[datetime, Meta(description="When that happened.")]


def shown(move: Move) -> MoveOut:
    """The move as it is told."""
    return MoveOut(
        delivery=move.delivery,
        notification=move.notification,
        channel=move.channel,
        topic=move.topic or None,
        status=move.status,
        previous=move.previous or None,
        reason=move.reason or None,
        provider=move.provider or None,
        error_class=move.error_class or None,
        at=move.at.astimezone(UTC),
    )


def told(moves: Iterable[Move]) -> bytes:
    """The events of these moves."""
    return b"".join(_event(EVENT, move.id, shown(move)) for move in moves)


def beginning(retry: int) -> bytes:
    """How a stream begins: with the milliseconds until a lost connection is made anew."""
    return b"retry: %d\n\n" % retry


def beat(place: int | None) -> bytes:
    """A sign of life, with how far the stream is, if that is known: it is no event."""
    return b": beat\n" + (b"\n" if place is None else _id(place) + b"\n")


def reset(place: int) -> bytes:
    """The event that says: something was missed, and the stream goes on from this place."""
    return _event(RESET, place, LOST)


def _event(name: str, place: int, data: object) -> bytes:
    return _id(place) + b"event: %s\ndata: %s\n\n" % (name.encode(), json.encode(data))


def _id(place: int) -> bytes:
    return b"id: %d\n" % place
