"""Puts what an order takes into the line: one transaction, page by page inside it."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from delivery.models import Redrive
from delivery.redrive import VERB
from delivery.redrives import sql
from delivery.redrives.orders import Counted, Order, counted
from notifications import status_sql
from notifications.database import fetch, run
from notifications.patience import deadline_after
from signalbus.bus import outbox
from signalbus.bus.entries import NewEntry
from signalbus.bus.streams import stream_of
from signalbus.core import tracing
from signalbus.core.ids import new_id
from signalbus.core.metrics import DLQ_REPLAYED
from tenants import identity
from tenants.context import current_schema

PAGE = 10_000  # deliveries that are in this process's memory at a time
REASON = "redrive"  # why an entry waits for its turn


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """A redrive that is under way, and what it left."""

    redrive: Redrive
    counted: Counted


class Taken(NamedTuple):
    """A delivery of the redrive; the columns of sql.PAGE."""

    row: int
    delivery: UUID
    channel: str
    lane: str
    topic: str
    notification: UUID
    recipient: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A delivery with its time; None is at once."""

    taken: Taken
    at: datetime | None
    deadline: datetime


@dataclass(slots=True, kw_only=True)
class Placing:
    """Gives each delivery its time and its deadline, in the order in which they come."""

    rate: float | None
    now: datetime
    number: int = 0
    _patience: dict[tuple[str, str, str], timedelta] = field(default_factory=dict)

    def place(self, taken: Taken) -> Placed:
        """The next place; the deadline counts from the time that it means."""
        at = self.now + timedelta(seconds=self.number / self.rate) if self.rate else None
        self.number += 1
        deadline = (at or self.now) + self._patience_of(taken)
        return Placed(taken=taken, at=at, deadline=deadline)

    def _patience_of(self, taken: Taken) -> timedelta:
        kind = (taken.topic, taken.channel, taken.lane)
        if kind not in self._patience:
            self._patience[kind] = deadline_after(*kind)
        return self._patience[kind]


@transaction.atomic
def begin(order: Order) -> Begun:
    """Redrive what the order takes at this moment of the current tenant.

    The number of statements does not depend on that, but for three more with every PAGE. What
    another redrive has locked is waited for, and then it is no longer there to be taken.
    """
    redrive = _remember(order)
    redrive.count = _take(redrive, order)
    notifications: set[UUID] = set()
    channels: Counter[str] = Counter()
    placing = Placing(rate=order.rate, now=timezone.now())
    for page in _pages(redrive):
        _enter([placing.place(taken) for taken in page], redrive, order)
        notifications.update(taken.notification for taken in page)
        channels.update(taken.channel for taken in page)
    run(sql.CLOSE_LETTERS, {"redrive": redrive.id})
    status_sql.recompute(notifications)
    redrive.save(update_fields=["count"])
    transaction.on_commit(partial(_count, channels))
    return Begun(redrive=redrive, counted=counted(order, redrive.count))


def _remember(order: Order) -> Redrive:
    return Redrive.objects.create(
        mode=order.mode,
        filter=order.filter.named,
        rate_per_second=order.rate,
        account_id=order.account.id if order.account else None,
        actor=order.actor,
        count=0,
        created_at=timezone.now(),
    )


def _take(redrive: Redrive, order: Order) -> int:
    """Lock what the order takes, and write down what it was; how many those are."""
    rows = order.candidates().select_for_update(of=("self",))
    candidates, parameters = rows.values("id", "status", *sql.FORMER).query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(sql.TAKE.format(candidates=candidates), [redrive.id, *parameters])
        return int(cursor.rowcount)


def _pages(redrive: Redrive) -> Iterator[Sequence[Taken]]:
    after, size = 0, PAGE
    while size == PAGE:
        values = {"redrive": redrive.id, "after": after, "page": PAGE}
        page = [Taken(*row) for row in fetch(sql.PAGE, values)]
        if page:
            yield page
            after = page[-1].row
        size = len(page)


def _enter(page: Sequence[Placed], redrive: Redrive, order: Order) -> None:
    deliveries = [placed.taken.delivery for placed in page]
    run(
        sql.REQUEUE,
        {
            "deliveries": deliveries,
            "deadlines": [placed.deadline for placed in page],
            "account": redrive.account_id,
        },
    )
    outbox.publish(_entries(page, redrive))
    run(
        sql.ACT,
        {
            "actions": [new_id() for _ in page],
            "deliveries": deliveries,
            "notifications": [placed.taken.notification for placed in page],
            "verb": VERB,
            "actor": order.actor,
        },
    )


def _entries(page: Sequence[Placed], redrive: Redrive) -> list[NewEntry]:
    tenant = identity.by_schema(current_schema()).id
    trace = tracing.current_traceparent()
    body = {"redrive": str(redrive.id)}
    return [
        NewEntry(
            id=placed.taken.delivery,
            stream=stream_of(placed.taken.channel, placed.taken.lane),
            tenant_id=tenant,
            partition_key=outbox.partition_key(
                tenant, placed.taken.recipient or placed.taken.notification
            ),
            delivery=placed.taken.delivery,
            available_at=placed.at,
            reason=REASON if placed.at else "",
            trace=trace,
            body=body,
        )
        for placed in page
    ]


def _count(channels: Mapping[str, int]) -> None:
    for channel, number in channels.items():
        DLQ_REPLAYED.labels(channel).inc(number)
