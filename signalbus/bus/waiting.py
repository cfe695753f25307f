"""What of many tenants waits in the line and why: two statements, however many tenants.

Each line is counted in the order of its index and up to a limit, so that it stays quick with
millions that wait. Tests wait in the same lines as everything else.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection

from signalbus.bus.models import LinePause
from signalbus.bus.outbox_sql import ENTRIES
from signalbus.bus.streams import DELIVERY_STREAMS

MOST_COUNTED = 10_000  # entries of a line

# %(tenants)s, %(streams)s, %(most)s
_DUE = f"""
SELECT tenant.id, line.stream, count(*), min(entry.available_at)
FROM unnest(%(tenants)s::int[]) AS tenant (id)
CROSS JOIN unnest(%(streams)s::text[]) AS line (stream)
CROSS JOIN LATERAL (
    SELECT available_at FROM {ENTRIES}
    WHERE stream = line.stream AND tenant_id = tenant.id
        AND available_at <= statement_timestamp()
    ORDER BY available_at LIMIT %(most)s
) entry
GROUP BY tenant.id, line.stream
"""  # noqa: S608 - a constant


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """Why a line stands still; the stream is empty where it is all of the tenant's."""

    stream: str
    reason: str
    note: str
    since: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingLine:
    """What of a line is due, counted up to MOST_COUNTED, and since when the first of it is."""

    stream: str
    due: int
    oldest: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A tenant's part of the line: the lines where anything is due, and all that are paused."""

    lines: tuple[WaitingLine, ...] = ()
    pauses: tuple[Pause, ...] = field(default=())

    @property
    def due(self) -> int:
        """All that is due, as far as it was counted."""
        return sum(line.due for line in self.lines)

    @property
    def has_more(self) -> bool:
        """Whether there is more than was counted."""
        return any(line.due >= MOST_COUNTED for line in self.lines)

    @property
    def oldest(self) -> datetime | None:
        """Since when the first of all is due."""
        return min((line.oldest for line in self.lines), default=None)


def waiting_of(tenant_ids: Collection[int]) -> dict[int, Waiting]:
    """Each tenant's part of the line."""
    lines, pauses = _lines(tenant_ids), _pauses(tenant_ids)
    return {
        tenant: Waiting(lines=tuple(lines[tenant]), pauses=tuple(pauses[tenant]))
        for tenant in tenant_ids
    }


def _lines(tenant_ids: Collection[int]) -> Mapping[int, list[WaitingLine]]:
    values: dict[str, Any] = {
        "tenants": list(tenant_ids),
        "streams": list(DELIVERY_STREAMS),
        "most": MOST_COUNTED,
    }
    with connection.cursor() as cursor:
        cursor.execute(_DUE, values)
        rows = {(tenant, stream): rest for tenant, stream, *rest in cursor.fetchall()}
    found: defaultdict[int, list[WaitingLine]] = defaultdict(list)
    for tenant in tenant_ids:
        for stream in DELIVERY_STREAMS:
            if row := rows.get((tenant, stream)):
                found[tenant].append(WaitingLine(stream=stream, due=row[0], oldest=row[1]))
    return found


def _pauses(tenant_ids: Collection[int]) -> Mapping[int, list[Pause]]:
    found: defaultdict[int, list[Pause]] = defaultdict(list)
    rows = LinePause.objects.in_force().filter(tenant_id__in=tenant_ids)
    for row in rows.order_by("since", "id"):
        pause = Pause(
            stream=row.stream,
            reason=row.reason,
            note=row.note,
            since=row.since,
            until=row.until,
        )
        found[row.tenant_id].append(pause)
    return found
