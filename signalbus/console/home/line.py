"""What of the tenant waits in the line, lane by lane, and why a lane stands still.

The line does not tell modes apart: tests wait in the same lanes.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from notifications.answers import SCHEDULED
from notifications.models import Delivery
from signalbus.bus.lines_sql import SOFT
from signalbus.bus.models import LinePause
from signalbus.bus.streams import DELIVERY_STREAMS
from signalbus.bus.visibility import visibility
from signalbus.console.home import line_sql as sql
from tenants.identity import TenantIdentity

MOST_LOOKED_AT = 5_000  # of what is due, and of what is to come, in each lane

# Why lines stand still → what it means to whoever waits.
REASONS = {
    "suspended": "the tenant is suspended",
    "deletion": "the tenant is to be deleted",
    "breaker": "its accounts failed too often and are left alone for a moment",
    "no_account": "there is no account that may send",
    "guard": "too much bounced or was complained of",
    "flood": "too much of it failed at once",
    "limit": "a rate limit is met: it goes on by itself",
    "crowded": "the provider is slow: it goes on by itself",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """Why it stands still, in words, with the note of whoever stopped it."""

    word: str
    why: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """A stream: what is due, what a provider is being called for, what has its time later."""

    stream: str
    due: int = 0
    under_way: int = 0
    later: int = 0
    oldest: datetime | None = None
    scheduled: UUID | None = None
    scheduled_at: datetime | None = None
    pauses: Sequence[Pause] = ()

    @property
    def is_quiet(self) -> bool:
        return not (self.due or self.under_way or self.later or self.pauses)


@dataclass(frozen=True, slots=True, kw_only=True)
class Next:
    """The notification that is sent next of those that were given a time."""

    notification: UUID
    mode: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """All lanes in which anything waits or stands still."""

    lanes: Sequence[Lane]
    oldest: datetime | None
    scheduled: Next | None
    most: int = MOST_LOOKED_AT


def waiting(tenant: TenantIdentity) -> Waiting:
    """The tenant's part of the line, by two statements; a third one where anything is scheduled."""
    pauses = _pauses(tenant)
    every = pauses[LinePause.EVERY_STREAM]
    rows = {row[0]: row for row in _rows(tenant)}
    lanes = [
        _lane(stream, rows.get(stream), [*every, *pauses[stream]]) for stream in DELIVERY_STREAMS
    ]
    return Waiting(
        lanes=[lane for lane in lanes if not lane.is_quiet],
        oldest=min((lane.oldest for lane in lanes if lane.oldest), default=None),
        scheduled=_next(lanes),
    )


def _rows(tenant: TenantIdentity) -> Iterable[tuple[Any, ...]]:
    values: dict[str, Any] = {
        "tenant": tenant.id,
        "streams": list(DELIVERY_STREAMS),
        "visibilities": [visibility(stream) for stream in DELIVERY_STREAMS],
        "most": MOST_LOOKED_AT,
        "scheduled": SCHEDULED,
    }
    with connection.cursor() as cursor:
        cursor.execute(sql.WAITING, values)
        return cursor.fetchall()


def _pauses(tenant: TenantIdentity) -> defaultdict[str, list[Pause]]:
    found: defaultdict[str, list[Pause]] = defaultdict(list)
    for row in LinePause.objects.in_force().filter(tenant_id=tenant.id).order_by("since"):
        word = "held" if row.reason in SOFT else "paused"
        why = REASONS.get(row.reason, row.reason.replace("_", " "))
        found[row.stream].append(Pause(word=word, why=why, note=row.note))
    return found


def _lane(stream: str, row: tuple[Any, ...] | None, pauses: Sequence[Pause]) -> Lane:
    if row is None:
        return Lane(stream=stream, pauses=pauses)
    _, due, under_way, later, oldest, scheduled, scheduled_at = row
    return Lane(
        stream=stream,
        due=due,
        under_way=under_way,
        later=later,
        oldest=oldest,
        scheduled=scheduled,
        scheduled_at=scheduled_at,
        pauses=pauses,
    )


def _next(lanes: Iterable[Lane]) -> Next | None:
    moments = {lane.scheduled: lane.scheduled_at for lane in lanes if lane.scheduled}
    rows = Delivery.objects.filter(id__in=moments).values_list("id", "notification_id", "mode")
    found = [
        Next(notification=notification, mode=mode, at=at)
        for key, notification, mode in (rows if moments else ())
        if (at := moments[key])
    ]
    return min(found, key=lambda each: each.at, default=None)
