"""Deliveries that end, or wait, before any provider is called: all conditional on the generation.

Who lost the generation to somebody else (a later publication, a claim, a cancel) changes nothing.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from delivery.errors import ErrorClass
from delivery.pipeline import flooding, record_sql, rows, seen
from delivery.pipeline.flood import is_ours
from delivery.pipeline.gate import GivenUp, Hold, Skipped
from delivery.pipeline.items import Item
from delivery.pipeline.literals import arrays, literal
from delivery.pipeline.verdicts import ending
from delivery.pipeline.watch_rows import watch_row, watch_statement
from notifications import soft_bounces, status_sql
from notifications.states import Status
from signalbus.bus import outbox
from signalbus.bus.outbox import Postponed
from signalbus.bus.received import Received
from signalbus.core.ids import new_id
from signalbus.core.logs import get_logger
from tenants.schemas import Statement, TenantWork, run_for_tenants

LONGEST_TRACE = 4000  # characters

log = get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Aside:
    """A delivery that ends here, and why."""

    item: Item
    why: Skipped | GivenUp

    @property
    def status(self) -> Status:
        if isinstance(self.why, Skipped):
            return Status.SKIPPED
        return ending(self.item.facts, self.why.error_class)


def rendering_failed(item: Item, error: Exception) -> Aside:
    """The template failed on this delivery's data: no later try can do better."""
    why = GivenUp(error_class=ErrorClass.RENDERING, code="template", detail=str(error)[:2000])
    return Aside(item=item, why=why)


def crashed(item: Item, trace: str) -> Aside:
    """Handling it raised too often; the trace's end, which names the error, is kept."""
    why = GivenUp(error_class=ErrorClass.CRASHED, code="crashed", detail=trace[-LONGEST_TRACE:])
    return Aside(item=item, why=why)


def end(asides: Sequence[Aside]) -> None:
    """Settle them: one transaction for each tenant, all in one round trip.

    Where a tenant's transaction fails, its entries come due again by themselves.
    """
    asides = _without_flood(asides)
    if not asides:
        return
    by_tenant: dict[int, list[Aside]] = defaultdict(list)
    for aside in {aside.item.facts.delivery: aside for aside in asides}.values():
        by_tenant[aside.item.tenant.id].append(aside)
    groups = list(by_tenant.values())
    answers = run_for_tenants(
        [TenantWork(group[0].item.tenant.schema, _statements(group)) for group in groups]
    )
    for group, answer in zip(groups, answers, strict=True):
        if isinstance(answer, Exception):
            log.error("set_aside.failed", tenant_id=group[0].item.tenant.id, exc_info=answer)
        else:
            _count(group, {row[0] for row in answer[1]})


def hold(held: Sequence[tuple[Received, Hold]]) -> None:
    """Give entries back to the line for their time, whatever their tenants."""
    if not held:
        return
    later = [
        Postponed(
            entry=received.envelope.entry,
            generation=received.envelope.generation,
            delay=why.delay.total_seconds(),
            available_at=why.at,
            reason=why.reason,
            reserved_account=why.reserved_account,
        )
        for received, why in held
    ]
    with transaction.atomic():
        outbox.postpone(later)


def discard(received: Sequence[Received]) -> None:
    """Take entries out of the line whose delivery, or tenant, does not exist any more.

    Also those of calls whose worker died: a tenant that is deleted waits for the last of them.
    """
    if not received:
        return
    with transaction.atomic():
        gone = outbox.settle_present(_generations(received))
    for entry in gone:
        log.error("pipeline.entry_without_delivery", entry=str(entry))


def forget(received: Sequence[Received]) -> set[UUID]:
    """Take entries out of the line after which nothing is to be done; those that were met."""
    if not received:
        return set()
    with transaction.atomic():
        return outbox.settle_unclaimed(_generations(received))


def _generations(received: Sequence[Received]) -> list[tuple[UUID, int]]:
    return [(each.envelope.entry, each.envelope.generation) for each in received]


def _without_flood(asides: Sequence[Aside]) -> Sequence[Aside]:
    """Those that end; what a flood would carry along waits in its line instead."""
    doomed = [aside for aside in asides if is_ours(aside.status, aside.why)]
    stopped = flooding.stopped(aside.item for aside in doomed)
    if not stopped:
        return asides
    kept = [aside for aside in doomed if flooding.line_of(aside.item) in stopped]
    hold([(aside.item.received, flooding.WAIT) for aside in kept])
    ids = {aside.item.facts.delivery for aside in kept}
    return [aside for aside in asides if aside.item.facts.delivery not in ids]


def _statements(group: Sequence[Aside]) -> list[Statement]:
    ends = arrays([_row(aside) for aside in group])
    notifications = {aside.item.facts.notification for aside in group}
    figures = {"tenant": group[0].item.tenant.id, **soft_bounces.figures()}
    return [
        (record_sql.LOCK, {"ids": literal([aside.item.facts.delivery for aside in group])}),
        (record_sql.SET_ASIDE, {**ends, **figures}),
        *_watch(group),
        *status_sql.statements(notifications),
    ]


def _watch(group: Sequence[Aside]) -> list[Statement]:
    """Their topics may have other channels, which are tried at once."""
    watched = [watch_row(new_id(), aside.item) for aside in group]
    falls = [row for row in watched if row is not None and row.falls]
    return [watch_statement(group[0].item.tenant.id, falls)] if falls else []


def _row(aside: Aside) -> rows.EndRow:
    facts, why = aside.item.facts, aside.why
    dead = aside.status is Status.DEAD
    return rows.EndRow(
        entries=facts.delivery,
        claims=None,
        generations=facts.generation,
        statuses=aside.status.value,
        skips=why.reason.value if isinstance(why, Skipped) else "",
        accounts=None,
        providers=None,
        references="",
        classes=why.error_class.value if isinstance(why, GivenUp) else "",
        codes=why.code if isinstance(why, GivenUp) else "",
        details=why.detail,
        numbers=facts.attempts,
        letters=new_id() if dead else None,
        messages=new_id() if dead else None,
    )


def _count(group: Sequence[Aside], ended: set[UUID]) -> None:
    for aside in group:
        if aside.item.facts.delivery in ended:
            error = aside.why if isinstance(aside.why, GivenUp) else None
            seen.settled(aside.item, aside.status, error)
