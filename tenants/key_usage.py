"""What keys with quotas of their own were accepted, by day of UTC and channel.

Counted by notifications/usage.py, in the transaction that accepts.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC
from typing import Any
from uuid import UUID

from django.db import connection

from tenants.limits import Period, of_key
from tenants.models import ApiKey
from tenants.standing import Standing, Used, lines

Row = Sequence[Any]

# By the database's clock, which counts as well.
TODAY = """
WITH clock AS MATERIALIZED (SELECT clock_timestamp() AS now),
    today AS (SELECT now, (now AT TIME ZONE 'UTC')::date AS day FROM clock)
"""
OF_TODAY = "coalesce(sum(usage.count) FILTER (WHERE usage.day = today.day), 0)::bigint"
OF_MONTH = "coalesce(sum(usage.count), 0)::bigint"
THIS_MONTH = "usage.day BETWEEN date_trunc('month', today.day)::date AND today.day"
# ruff: noqa: S608 - only constants are put together
USED = f"""
SELECT today.now, usage.key_id, usage.channel, {OF_TODAY}, {OF_MONTH}
FROM today LEFT JOIN public.tenants_keyusage usage
    ON usage.key_id = ANY(%(keys)s) AND {THIS_MONTH}
GROUP BY today.now, usage.key_id, usage.channel
"""
READ = TODAY + USED


def of_keys(keys: Iterable[ApiKey]) -> dict[UUID, list[Used]]:
    """How far each key has come in its own quotas; keys that have none are left out."""
    limits = {key.id: of_key(key.limits) for key in keys}
    limited = {key: each for key, each in limits.items() if each.quotas}
    if not limited:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(READ, {"keys": list(limited)})
        rows = cursor.fetchall()
    return {
        key: [used for used in lines(each, standing_of(rows, key)) if used.limit is not None]
        for key, each in limited.items()
    }


def standing_of(rows: Sequence[Row], owner: UUID | None) -> Standing:
    """The standing of one among rows of moment, owner, channel, the day's and the month's count."""
    own = [row for row in rows if row[1] == owner and row[2] is not None]
    return Standing(
        now=rows[0][0].astimezone(UTC),
        used={
            Period.DAY: {channel: today for _, _, channel, today, _ in own},
            Period.MONTH: {channel: month for _, _, channel, _, month in own},
        },
    )
