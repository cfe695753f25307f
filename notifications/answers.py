"""A notification as JSON, the same in every answer. Pure.

Rows may be models or the named tuples of rows.py: only their columns are looked at.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from notifications.states import Shown, Status
from signalbus.bus.entries import Held
from signalbus.core import personal
from signalbus.core.masking import mask_address

RECONCILE = "reconcile"  # the purpose of an entry whose last call's outcome is being asked for
SCHEDULED = "scheduled"  # why an entry waits for its `send_at`
RETRY = "retry"  # why an entry waits after a failed try
FAILURES = frozenset({Status.FAILED, Status.DEAD, Status.BOUNCED, Status.UNKNOWN})


class NotificationLike(Protocol):
    """The columns of a notification that are shown."""

    @property
    def id(self) -> UUID: ...
    @property
    def topic(self) -> str: ...
    @property
    def status(self) -> str: ...
    @property
    def recipient_ref(self) -> str: ...
    @property
    def correlation_id(self) -> str: ...
    @property
    def trace_id(self) -> str: ...


class DeliveryLike(Protocol):
    """The columns of a delivery that are shown."""

    @property
    def id(self) -> UUID: ...
    @property
    def channel(self) -> str: ...
    @property
    def status(self) -> str: ...
    @property
    def reason(self) -> str: ...
    @property
    def error_class(self) -> str: ...
    @property
    def address(self) -> str: ...
    @property
    def fallback_of(self) -> UUID | None: ...


class Place:
    """A delivery's place in the line, as people see it: the word, why it waits, and until when."""

    __slots__ = ("available_at", "reason", "word")

    def __init__(self, word: str, reason: str | None, available_at: datetime | None) -> None:
        self.word = word
        self.reason = reason
        self.available_at = available_at


def first_place(available_at: datetime, now: datetime) -> Place:
    """The place of a delivery that was put into the line at the moment `now`."""
    if available_at > now:
        return Place(Shown.HELD, SCHEDULED, available_at)
    return Place(Status.QUEUED, None, available_at)


def place(held: Held | None, now: datetime) -> Place:
    """What the outbox entry of an open delivery says. `now` is the present moment.

    A published entry is being handed over: its time is only when it would be published again.
    """
    if held is None:
        return Place(Status.QUEUED, None, None)
    if held.claim is not None:
        return Place(Shown.SENDING, None, None)
    if held.purpose == RECONCILE:
        return Place(Shown.SENDING, RECONCILE, None if held.published else held.available_at)
    if held.published:
        return Place(Status.QUEUED, None, None)
    if held.available_at <= now:
        return Place(Status.QUEUED, None, held.available_at)
    word = Shown.RETRYING if held.tries else Shown.HELD
    return Place(word, held.reason or None, held.available_at)


def notification(
    row: NotificationLike,
    created_at: datetime,
    deliveries: Iterable[DeliveryLike],
    places: Mapping[UUID, Place],
) -> dict[str, Any]:
    """The answer of the contract; `places` are those of the open deliveries."""
    return {
        "id": row.id,
        "topic": row.topic or None,
        "status": row.status,
        "recipient": personal.words(row.recipient_ref) or None,
        "created_at": created_at,
        "correlation_id": row.correlation_id or None,
        "trace_id": row.trace_id,
        "deliveries": [delivery(each, places.get(each.id)) for each in deliveries],
    }


def delivery(row: DeliveryLike, place: Place | None) -> dict[str, Any]:
    """One delivery: while it is open, its place in the line is its status."""
    shown = _sent(row, place)
    return {**shown, "fallback_of": row.fallback_of} if row.fallback_of else shown


def _sent(row: DeliveryLike, place: Place | None) -> dict[str, Any]:
    if row.status == Status.SKIPPED:
        return {"id": row.id, "channel": row.channel, "status": row.status, "reason": row.reason}
    here = place if place and row.status == Status.QUEUED else Place(row.status, None, None)
    return {
        "id": row.id,
        "channel": row.channel,
        "status": here.word,
        "reason": reason(row, here),
        "to": mask_address(row.address),
        "available_at": here.available_at,
    }


def reason(row: DeliveryLike, place: Place) -> str | None:
    """Why it stands where it does: the class of the last error where a try failed."""
    if place.word in FAILURES or place.reason == RETRY:
        return row.error_class or place.reason
    return place.reason
