"""Stops a line in which too much dies for our own fault, and lets its deliveries wait instead.

Each process counts for itself; the pause is everybody's, and as long as it stands, what would die
so waits, whichever worker has it. A person lifts the notice; then the line runs again.
"""

import time
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction

from delivery.errors import DeliveryError
from delivery.pipeline.flood import Ends, Toll, is_ours
from delivery.pipeline.gate import GivenUp, Hold
from delivery.pipeline.items import Item
from delivery.pipeline.verdicts import Ends as Ended
from delivery.pipeline.verdicts import Waits
from notifications import notices
from notifications.models import Notice
from notifications.noticed import Kind, Severity
from notifications.states import Status
from signalbus.bus import lines
from signalbus.bus.models import LinePause
from signalbus.bus.purposes import Purpose
from tenants import identity
from tenants.context import current_schema, in_tenant

if TYPE_CHECKING:  # what is recorded is told on to here
    from delivery.pipeline.recording import Judged

FLOOD = "flood"  # the pause's reason, and why its deliveries wait
WAIT = Hold(delay=timedelta(0), reason=FLOOD)
TEXT = (
    "{ours} of the last {ended} deliveries of {stream} gave up for a fault of the account or of "
    "Signalbus. The lane stands still until this notice is lifted; what is in it waits and uses up "
    "no try. Look at the dead letters, mend what they name, lift this, then redrive them."
)
Line = tuple[str, int]

_ends = Ends()


def line_of(item: Item) -> Line:
    """The stream and the tenant that it stands in."""
    return item.stream, item.tenant.id


def note(item: Item, status: Status, error: DeliveryError | GivenUp | None) -> None:
    """A delivery has ended for certain."""
    _ends.note(line_of(item), time.monotonic(), ours=is_ours(status, error))


def stopped(doomed: Iterable[Item]) -> set[Line]:
    """Which lines stand still for a flood, of those that are about to die for our own fault.

    Costs nothing where none is. What makes a flood of it stops its line first.
    """
    items: dict[Line, list[Item]] = {}
    for item in doomed:
        items.setdefault(line_of(item), []).append(item)
    if not items:
        return set()
    standing = _standing(items)
    for line in items.keys() - standing:
        toll = _ends.toll(line, time.monotonic(), len(items[line]))
        if toll.is_flood(settings.FLOOD_PERCENT):
            _stop(items[line][0], toll)
            standing.add(line)
    return standing


def held_back(judged: Sequence["Judged"]) -> Sequence["Judged"]:
    """The same outcomes; of a line that stands still for a flood, what would die waits instead."""
    doomed = [each for each in judged if _is_doomed(each)]
    lines_stopped = stopped(each.finished.call.item for each in doomed)
    if not lines_stopped:
        return judged
    return [
        replace(each, verdict=_waits(each))
        if _is_doomed(each) and line_of(each.finished.call.item) in lines_stopped
        else each
        for each in judged
    ]


def release(notice: Notice) -> None:
    """Let the line of the current tenant run again: somebody has lifted the notice."""
    lines.resume(notice.subject, identity.by_schema(current_schema()).id, FLOOD)


def _standing(wanted: Collection[Line]) -> set[Line]:
    streams, tenants = zip(*wanted, strict=True)
    rows = LinePause.objects.filter(reason=FLOOD, stream__in=streams, tenant_id__in=tenants)
    return set(rows.values_list("stream", "tenant_id")) & set(wanted)


def _stop(item: Item, toll: Toll) -> None:
    text = TEXT.format(ours=toll.ours, ended=toll.ended, stream=item.stream)
    with in_tenant(item.tenant), transaction.atomic():
        lines.pause(item.stream, item.tenant.id, FLOOD, text)
        notices.open_notice(Kind.FLOOD, item.stream, Severity.STOPPED, text)
    _ends.forget(line_of(item))


def _is_doomed(judged: "Judged") -> bool:
    verdict = judged.verdict
    return isinstance(verdict, Ended) and is_ours(verdict.status, verdict.error)


def _waits(judged: "Judged") -> Waits:
    verdict = judged.verdict
    assert isinstance(verdict, Ended)
    assert verdict.error is not None
    return Waits(
        delay=timedelta(0),
        reason=FLOOD,
        purpose=Purpose.SEND,
        tries=judged.finished.call.item.facts.tries,
        error=verdict.error,
    )
