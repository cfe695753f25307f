"""Pauses and weights of lines; neither touches an entry.

A line stands still while there is a reason, and takes as many turns as it weighs. A pause may end
by itself. One that is soft holds back only what has not been given its moment by a limit yet: the
relay goes on with the others, and a worker with what it has got already.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from signalbus.bus import lines_sql as sql
from signalbus.bus.models import Line
from signalbus.core.redis import hint

EVERY_STREAM = ""
HEAVIEST = 100
LONGEST_NOTE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Pausing:
    """A pause that is asked for; with `seconds` it ends by itself, counted by the database."""

    stream: str
    tenant_id: int
    reason: str
    note: str = ""
    seconds: float | None = None


def pause(
    stream: str, tenant_id: int, reason: str, note: str = "", *, seconds: float | None = None
) -> None:
    """Stop a tenant's line, or with EVERY_STREAM all of them, for that reason. May be repeated."""
    wanted = Pausing(stream=stream, tenant_id=tenant_id, reason=reason, note=note, seconds=seconds)
    pause_all([wanted])


def pause_all(wanted: Iterable[Pausing]) -> None:
    """Stop many lines in one statement; of two wishes for one line and reason the last counts."""
    once = {(each.stream, each.tenant_id, each.reason): each for each in wanted}
    if not once:
        return
    rows = once.values()
    values: dict[str, Any] = {
        "streams": [each.stream for each in rows],
        "tenants": [each.tenant_id for each in rows],
        "reasons": [each.reason for each in rows],
        "notes": [each.note[:LONGEST_NOTE] for each in rows],
        "seconds": [each.seconds for each in rows],
    }
    with connection.cursor() as cursor:
        cursor.execute(sql.PAUSE, values)


def resume(stream: str, tenant_id: int, reason: str) -> None:
    """Take that reason away, with the same stream as it was given; others may remain."""
    resume_all([(stream, tenant_id)], reason)


def resume_all(pairs: Iterable[tuple[str, int]], reason: str) -> None:
    """Take that reason away from all those lines, in one statement."""
    wanted = set(pairs)
    if not wanted:
        return
    streams, tenants = zip(*wanted, strict=True)
    values: dict[str, Any] = {
        "streams": list(streams),
        "tenants": list(tenants),
        "reason": reason,
    }
    with connection.cursor() as cursor:
        cursor.execute(sql.RESUME, values)
    transaction.on_commit(lambda: _announce(streams))


def set_weight(stream: str, tenant_id: int, weight: int) -> Line:
    """Give a tenant's line so many turns for one of a line without a weight. May be repeated.

    Raises ValueError for a weight that is not from 1 to HEAVIEST.
    """
    if not 1 <= weight <= HEAVIEST:
        raise ValueError(f"A weight is a whole number from 1 to {HEAVIEST}.")
    line, _ = Line.objects.update_or_create(
        stream=stream, tenant_id=tenant_id, defaults={"weight": weight}
    )
    return line


def pauses(pairs: Iterable[tuple[str, int]]) -> set[tuple[str, int]]:
    """Those of the pairs of stream and tenant whose line stands still, and not only softly."""
    wanted = list(pairs)
    if not wanted:
        return set()
    streams, tenants = zip(*wanted, strict=True)
    with connection.cursor() as cursor:
        cursor.execute(sql.PAUSES, {"streams": list(streams), "tenants": list(tenants)})
        return set(cursor.fetchall())


def purge_lapsed() -> int:
    """Delete pauses that ended by themselves a good while ago; how many those were."""
    with connection.cursor() as cursor:
        cursor.execute(sql.PURGE)
        return int(cursor.rowcount)


def _announce(streams: Iterable[str]) -> None:
    for stream in set(streams):
        hint(stream)
