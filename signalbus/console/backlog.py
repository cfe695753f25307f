"""Who waits for what: lines that wait, and lines that stand still, each with the reasons."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from signalbus.bus.all_lines import LineFigures, longest_waiting
from signalbus.bus.lines_sql import SOFT
from signalbus.bus.models import LinePause
from signalbus.bus.waiting import MOST_COUNTED
from signalbus.console.home.line import REASONS
from tenants.models import Tenant

MOST_LINES = 500
MOST_PAUSES = 500
EVERY = LinePause.EVERY_STREAM


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why a line stands still: `word` is its tone, `why` what it means to whoever waits."""

    word: str
    why: str
    note: str
    since: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of a tenant; an empty stream is all of the tenant's."""

    tenant: str
    tenant_id: int
    stream: str
    reasons: Sequence[Reason]
    figures: LineFigures | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlog:
    """The lines in which anything waits, then the pauses of lines in which nothing does."""

    waiting: Sequence[Line]
    idle: Sequence[Line]
    most: int = MOST_COUNTED


def backlog() -> Backlog:
    """Three statements, however much waits."""
    found, pauses = longest_waiting(MOST_LINES), _pauses()
    names = _names({line.tenant_id for line in found} | {tenant for tenant, _ in pauses})
    waiting = [
        Line(
            tenant=names[line.tenant_id],
            tenant_id=line.tenant_id,
            stream=line.stream,
            reasons=[*pauses.get((line.tenant_id, EVERY), ()), *_own(pauses, line)],
            figures=line,
        )
        for line in found
    ]
    return Backlog(waiting=waiting, idle=_idle(found, pauses, names))


Pauses = Mapping[tuple[int, str], Sequence[Reason]]


def _own(pauses: Pauses, line: LineFigures) -> Sequence[Reason]:
    return pauses.get((line.tenant_id, line.stream), ())


def _idle(found: Sequence[LineFigures], pauses: Pauses, names: Mapping[int, str]) -> list[Line]:
    """What stands still with nothing in it; soft reasons hold nothing back then."""
    shown = {(line.tenant_id, line.stream) for line in found}
    shown |= {(line.tenant_id, EVERY) for line in found}
    return [
        Line(tenant=names[tenant], tenant_id=tenant, stream=stream, reasons=reasons)
        for (tenant, stream), reasons in pauses.items()
        if (tenant, stream) not in shown and any(each.word == "paused" for each in reasons)
    ]


def _pauses() -> Pauses:
    found: defaultdict[tuple[int, str], list[Reason]] = defaultdict(list)
    for row in LinePause.objects.in_force().order_by("since", "id")[:MOST_PAUSES]:
        reason = Reason(
            word="held" if row.reason in SOFT else "paused",
            why=REASONS.get(row.reason, row.reason.replace("_", " ")),
            note=row.note,
            since=row.since,
            until=row.until,
        )
        found[row.tenant_id, row.stream].append(reason)
    return found


def _names(ids: Collection[int]) -> Mapping[int, str]:
    """Names by id; what is no tenant's any more goes by its number."""
    known = dict(Tenant.objects.filter(id__in=ids).values_list("id", "name"))
    return {key: known.get(key) or f"#{key}" for key in ids}
