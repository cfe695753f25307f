"""Pauses of lines: a line stands still while there is a reason, and never touches its entries."""

from collections.abc import Iterable
from typing import Any

from django.db import connection, transaction

from signalbus.core.redis import hint

EVERY_STREAM = ""

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


def pauses(pairs: Iterable[tuple[str, int]]) -> set[tuple[str, int]]:
    """Those of the pairs of stream and tenant whose line stands still."""
    wanted = list(pairs)
    if not wanted:
        return set()
    streams, tenants = zip(*wanted, strict=True)
    with connection.cursor() as cursor:
        cursor.execute(_PAUSES, {"streams": list(streams), "tenants": list(tenants)})
        return set(cursor.fetchall())
