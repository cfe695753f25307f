"""Puts what an order takes into the line: one transaction, page by page inside it."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from delivery.models import Redrive
from delivery.redrive import VERB
from delivery.redrives import sql, statuses
from delivery.redrives.orders import Counted, Order, counted
from notifications.database import fetch, run
from notifications.patience import deadline_after
from signalbus.bus import outbox
from signalbus.bus.entries import NewEntry
from signalbus.bus.streams import stream_of
from signalbus.core import tracing
from signalbus.core.metrics import DLQ_REPLAYED
from signalbus.core.scrubbing import scrub_value
from tenants import identity
from tenants.audit.acts import Act
from tenants.audit.notes import note
from tenants.context import current_schema

PAGE = 10_000  # deliveries that are in this process's memory at a time
FIRST = UUID(int=0)
REASON = "redrive"  # why an entry waits for its turn


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """A redrive that is under way, and what it left."""

    redrive: Redrive
    counted: Counted


class Taken(NamedTuple):
    """A delivery of the redrive; the columns of sql.PAGE. `person` is what Kafka orders by."""

    delivery: UUID
    channel: str
    lane: str
    person: UUID


@transaction.atomic
def begin(order: Order) -> Begun:
    """Redrive what the order takes at this moment of the current tenant.

    The number of statements does not depend on that, but for three more with every PAGE. What
    another redrive has locked is waited for, and then it is no longer there to be taken.
    """
    redrive = _remember(order)
    redrive.count = _take(redrive, order)
    redrive.save(update_fields=["count"])
    now = timezone.now()
    _requeue(redrive, now)
    channels = _enter(redrive, now)
    values = {"redrive": redrive.id, "stopped": False}
    run(sql.CLOSE_LETTERS, values)
    run(sql.ACT, {**values, "verb": VERB, "actor": order.actor})
    statuses.queue(values)
    note(Act.REDRIVE, redrive, detail=_words(redrive))
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


def _words(redrive: Redrive) -> str:
    """What it was chosen by, without people's addresses."""
    named = scrub_value("", redrive.filter)
    return ", ".join(f"{name} {value}" for name, value in named.items())


def _take(redrive: Redrive, order: Order) -> int:
    """Lock what the order takes, and write down what it was; how many those are."""
    rows = order.candidates().select_for_update(of=("self",))
    candidates, parameters = rows.values("id", "status", *sql.FORMER).query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(sql.TAKE.format(candidates=candidates), [redrive.id, *parameters])
        return int(cursor.rowcount)


def _requeue(redrive: Redrive, now: datetime) -> None:
    """Each delivery's deadline counts from the time that its place means."""
    kinds = fetch(sql.KINDS, {"redrive": redrive.id})
    topics, channels, lanes = [list(column) for column in zip(*kinds, strict=True)] or ([], [], [])
    run(
        sql.REQUEUE,
        {
            "redrive": redrive.id,
            "account": redrive.account_id,
            "now": now,
            "gap": _gap(redrive),
            "topics": topics,
            "channels": channels,
            "lanes": lanes,
            "patience": [deadline_after(*kind).total_seconds() for kind in kinds],
        },
    )


def _gap(redrive: Redrive) -> float:
    """The seconds between two entries."""
    return 1 / redrive.rate_per_second if redrive.rate_per_second else 0.0


def _enter(redrive: Redrive, now: datetime) -> Mapping[str, int]:
    """Put the deliveries into the line, each at its time; how many there are of each channel."""
    channels: Counter[str] = Counter()
    entry = _entries(redrive, now)
    for page in _pages(redrive):
        first = channels.total()
        outbox.publish([entry(first + place, taken) for place, taken in enumerate(page)])
        channels.update(taken.channel for taken in page)
    return channels


def _pages(redrive: Redrive) -> Iterator[Sequence[Taken]]:
    after, size = FIRST, PAGE
    while size == PAGE:
        values = {"redrive": redrive.id, "after": after, "page": PAGE}
        page = [Taken(*row) for row in fetch(sql.PAGE, values)]
        if page:
            yield page
            after = page[-1].delivery
        size = len(page)


def _entries(redrive: Redrive, now: datetime) -> Callable[[int, Taken], NewEntry]:
    """What makes the entry of the delivery at that place."""
    tenant = identity.by_schema(current_schema()).id
    trace, body, gap = tracing.current_traceparent(), {"redrive": str(redrive.id)}, _gap(redrive)

    def entry(place: int, taken: Taken) -> NewEntry:
        return NewEntry(
            id=taken.delivery,
            stream=stream_of(taken.channel, taken.lane),
            tenant_id=tenant,
            partition_key=outbox.partition_key(tenant, taken.person),
            delivery=taken.delivery,
            available_at=now + timedelta(seconds=place * gap) if gap else None,
            reason=REASON if gap else "",
            trace=trace,
            body=body,
        )

    return entry


def _count(channels: Mapping[str, int]) -> None:
    for channel, number in channels.items():
        DLQ_REPLAYED.labels(channel).inc(number)
