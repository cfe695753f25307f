"""All lines in which anything waits, those that have waited longest first.

Which there are is found by one look at the index for each of them; those that are shown are counted
up to a limit. So it stays quick with millions of entries.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from signalbus.bus.outbox_sql import ENTRIES
from signalbus.bus.waiting import MOST_COUNTED

_ENTRY = f"SELECT stream, tenant_id, available_at FROM {ENTRIES} e"  # noqa: S608 - constants
_OF_LINE = "e.stream = line.stream AND e.tenant_id = line.tenant_id"
_NOW = "statement_timestamp()"
# %(lines)s, %(most)s
_LINES = f"""
WITH RECURSIVE line AS (
    ({_ENTRY} ORDER BY stream, tenant_id, available_at LIMIT 1)
    UNION ALL
    SELECT further.* FROM line CROSS JOIN LATERAL (
        {_ENTRY} WHERE (e.stream, e.tenant_id) > (line.stream, line.tenant_id)
        ORDER BY stream, tenant_id, available_at LIMIT 1
    ) further
), shown AS (SELECT * FROM line ORDER BY available_at, stream, tenant_id LIMIT %(lines)s),
calls AS (
    SELECT stream, tenant_id, count(*) AS calls FROM {ENTRIES}
    WHERE claim IS NOT NULL GROUP BY stream, tenant_id
)
SELECT line.stream, line.tenant_id, due.entries, in_kafka.entries, coalesce(calls.calls, 0),
    CASE WHEN line.available_at <= {_NOW} THEN line.available_at END
FROM shown line
CROSS JOIN LATERAL (SELECT count(*) AS entries FROM (
    {_ENTRY} WHERE {_OF_LINE} AND available_at <= {_NOW} ORDER BY available_at LIMIT %(most)s
) entry) due
CROSS JOIN LATERAL (SELECT count(*) AS entries FROM (
    {_ENTRY} WHERE {_OF_LINE} AND published AND claim IS NULL AND available_at > {_NOW}
    ORDER BY available_at LIMIT %(most)s
) entry) in_kafka
LEFT JOIN calls USING (stream, tenant_id)
ORDER BY line.available_at, line.stream, line.tenant_id
"""  # noqa: S608 - constants


@dataclass(frozen=True, slots=True, kw_only=True)
class LineFigures:
    """A line: what is due, what Kafka has, what a provider is called for; since when it waits."""

    stream: str
    tenant_id: int
    due: int
    in_kafka: int
    under_way: int
    oldest: datetime | None


def longest_waiting(lines: int) -> Sequence[LineFigures]:
    """So many lines at most, in one statement."""
    values: dict[str, Any] = {"lines": lines, "most": MOST_COUNTED}
    with connection.cursor() as cursor:
        cursor.execute(_LINES, values)
        return [
            LineFigures(
                stream=stream,
                tenant_id=tenant_id,
                due=due,
                in_kafka=in_kafka,
                under_way=under_way,
                oldest=oldest,
            )
            for stream, tenant_id, due, in_kafka, under_way, oldest in cursor.fetchall()
        ]
