"""What the current tenant was accepted, counted by day of UTC and channel, by the database's clock.

The count is the last thing that a transaction writes, so that its rows are locked only for the
COMMIT. Where there are quotas, a lock makes the transactions of a tenant and mode follow each other
before that: each reads what all before it have counted.
"""

import hashlib
from collections.abc import Mapping
from datetime import UTC, date

import msgspec

from notifications import database
from notifications.quotas import Standing
from tenants.limits import Period

LOCK = "SELECT pg_advisory_xact_lock(%(lock)s)"
READ = """
WITH clock AS MATERIALIZED (SELECT clock_timestamp() AS now),
    today AS (SELECT now, (now AT TIME ZONE 'UTC')::date AS day FROM clock)
SELECT today.now, usage.channel,
    coalesce(sum(usage.count) FILTER (WHERE usage.day = today.day), 0)::bigint,
    coalesce(sum(usage.count), 0)::bigint
FROM today LEFT JOIN notifications_usage usage ON usage.mode = %(mode)s
    AND usage.day BETWEEN date_trunc('month', today.day)::date AND today.day
GROUP BY today.now, usage.channel
"""
COUNT = """
INSERT INTO notifications_usage AS held (mode, channel, day, count)
SELECT %(mode)s, key, coalesce(%(day)s::date, (clock_timestamp() AT TIME ZONE 'UTC')::date),
    value::bigint
FROM json_each_text(%(counts)s::json) ORDER BY key
ON CONFLICT (mode, channel, day) DO UPDATE SET count = held.count + excluded.count
"""


def lock(tenant_id: int, mode: str) -> None:
    """Wait until no other transaction of the tenant and mode that holds this is under way."""
    name = f"usage/{tenant_id}/{mode}".encode()
    number = int.from_bytes(hashlib.blake2b(name, digest_size=8).digest(), signed=True)
    database.run(LOCK, {"lock": number})


def read(mode: str) -> Standing:
    """What was counted today and this month. Exact after `lock`."""
    rows = database.fetch(READ, {"mode": mode})
    counted = [row for row in rows if row[1] is not None]
    return Standing(
        now=rows[0][0].astimezone(UTC),
        used={
            Period.DAY: {channel: today for _, channel, today, _ in counted},
            Period.MONTH: {channel: month for _, channel, _, month in counted},
        },
    )


def add(mode: str, counts: Mapping[str, int], day: date | None) -> None:
    """Count what was accepted; on the present day of the database unless one is given."""
    if counts:
        text = msgspec.json.encode(counts, order="sorted").decode()
        database.run(COUNT, {"mode": mode, "day": day, "counts": text})
