"""Pauses and weights of lines; neither touches an entry.

A line stands still while there is a reason, and takes as many turns as it weighs.
"""

from collections.abc import Iterable
from typing import Any

from django.db import connection, transaction

from signalbus.bus.models import Line
from signalbus.core.redis import hint

EVERY_STREAM = ""
HEAVIEST = 100

_PAUSE = """
INSERT INTO public.bus_linepause (stream, tenant_id, reason, note, since)
VALUES (%(stream)s, %(tenant)s, %(reason)s, %(note)s, clock_timestamp())
ON CONFLICT (stream, tenant_id, reason) DO UPDATE SET note = excluded.note
"""
_RESUME = """
DELETE FROM public.bus_linepause
WHERE stream = %(stream)s AND tenant_id = %(tenant)s AND reason = %(reason)s
"""
_PAUSES = """
SELECT DISTINCT line.stream, line.tenant_id
FROM unnest(%(streams)s::text[], %(tenants)s::int[]) AS line (stream, tenant_id)
JOIN public.bus_linepause pause
    ON pause.tenant_id = line.tenant_id AND pause.stream IN (line.stream, '')
"""


def pause(stream: str, tenant_id: int, reason: str, note: str = "") -> None:
    """Stop a tenant's line, or with EVERY_STREAM all of them, for that reason. May be repeated."""
    values: dict[str, Any] = {"stream": stream, "tenant": tenant_id, "reason": reason, "note": note}
    with connection.cursor() as cursor:
        cursor.execute(_PAUSE, values)


def resume(stream: str, tenant_id: int, reason: str) -> None:
    """Take that reason away, with the same stream as it was given; others may remain."""
    with connection.cursor() as cursor:
        cursor.execute(_RESUME, {"stream": stream, "tenant": tenant_id, "reason": reason})
    transaction.on_commit(lambda: hint(stream))


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
    """Those of the pairs of stream and tenant whose line stands still."""
    wanted = list(pairs)
    if not wanted:
        return set()
    streams, tenants = zip(*wanted, strict=True)
    with connection.cursor() as cursor:
        cursor.execute(_PAUSES, {"streams": list(streams), "tenants": list(tenants)})
        return set(cursor.fetchall())
