"""What is to be looked at again, as the rows that are written with its outcome."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from delivery.pipeline.items import Item
from delivery.pipeline.literals import arrays
from delivery.pipeline.watch_sql import WATCH
from signalbus.bus import outbox
from tenants.schemas import Statement


class WatchRow(NamedTuple):
    """A delivery to be watched. `falls` says whether its topic has channels to fall back to."""

    watches: UUID
    watched: UUID
    streams: str
    keys: int
    traces: str
    seconds: float
    falls: bool


def watch_row(watch: UUID, item: Item) -> WatchRow | None:
    """The watch of a delivery that is sent or has ended; None where its topic waits for nothing,
    or it has been sent another way before."""
    facts, rules = item.facts, item.rules
    if rules.watch_seconds is None or facts.fell_over:
        return None
    return WatchRow(
        watches=watch,
        watched=facts.delivery,
        streams=item.stream,
        keys=outbox.partition_key(item.tenant.id, facts.recipient or facts.notification),
        traces=item.received.envelope.trace,
        seconds=float(rules.watch_seconds),
        falls=bool(rules.fallbacks),
    )


def watch_statement(tenant: int, rows: Sequence[WatchRow]) -> Statement:
    """To be run after the deliveries have moved; there has to be at least one row."""
    return WATCH, {"tenant": tenant, **arrays(rows)}
