"""What the current tenant was accepted, counted by day of UTC and channel, by the database's clock.

Keys with quotas of their own are counted besides, by the same statements. The count is the last
thing that a transaction writes, so that its rows are locked only for the COMMIT. Where there are
quotas, a lock makes the transactions of a tenant and mode follow each other before that: each reads
what all before it have counted.
"""

import hashlib
from collections.abc import Collection, Mapping
from datetime import date
from uuid import UUID

import msgspec

from notifications import database
from tenants.key_usage import OF_MONTH, OF_TODAY, THIS_MONTH, TODAY, USED, standing_of
from tenants.schemas import Statement
from tenants.standing import Counts, Standing

LOCK = "SELECT pg_advisory_xact_lock(%(lock)s)"
# ruff: noqa: S608 - only constants are put together
READ_OF_ANY = f"""{TODAY}
SELECT today.now, NULL::uuid, usage.channel, {OF_TODAY}, {OF_MONTH}
FROM today LEFT JOIN {{schema}}.notifications_usage usage
    ON usage.mode = %(mode)s AND {THIS_MONTH}
GROUP BY today.now, usage.channel
"""
READ = READ_OF_ANY.replace("{schema}.", "")
READ_WITH_KEYS = f"{READ} UNION ALL {USED}"
COUNT = """
INSERT INTO notifications_usage AS held (mode, channel, day, count)
SELECT %(mode)s, key, coalesce(%(day)s::date, (clock_timestamp() AT TIME ZONE 'UTC')::date),
    value::bigint
FROM json_each_text(%(counts)s::json) ORDER BY key
ON CONFLICT (mode, channel, day) DO UPDATE SET count = held.count + excluded.count
"""
COUNT_WITH_KEYS = f"""
WITH of_tenant AS ({COUNT})
INSERT INTO public.tenants_keyusage AS held (key_id, channel, day, count)
SELECT of_key.key::uuid, each.key, %(day)s::date, each.value::bigint
FROM json_each(%(keys)s::json) AS of_key, json_each_text(of_key.value) AS each
ORDER BY of_key.key, each.key
ON CONFLICT (key_id, day, channel) DO UPDATE SET count = held.count + excluded.count
"""


def lock(tenant_id: int, mode: str) -> None:
    """Wait until no other transaction of the tenant and mode that holds this is under way."""
    name = f"usage/{tenant_id}/{mode}".encode()
    number = int.from_bytes(hashlib.blake2b(name, digest_size=8).digest(), signed=True)
    database.run(LOCK, {"lock": number})


def read(mode: str, keys: Collection[UUID] = ()) -> dict[UUID | None, Standing]:
    """What was counted today and this month of the tenant (None) and of these keys.

    Exact after `lock`.
    """
    statement = READ_WITH_KEYS if keys else READ
    rows = database.fetch(statement, {"mode": mode, "keys": list(keys)})
    return {owner: standing_of(rows, owner) for owner in (None, *keys)}


def reading(mode: str) -> Statement:
    """The statement that reads the same of a tenant without its keys, for a pipeline of tenants."""
    return READ_OF_ANY, {"mode": mode}


def add(
    mode: str,
    counts: Counts,
    day: date | None,
    of_keys: Mapping[UUID, Counts] | None = None,
) -> None:
    """Count what was accepted; on the present day of the database unless one is given.

    Keys are counted on a day that is given, after `lock`.
    """
    if counts:
        values = {"mode": mode, "day": day, "counts": _written(counts)}
        if of_keys:
            database.run(COUNT_WITH_KEYS, {**values, "keys": _written(of_keys)})
        else:
            database.run(COUNT, values)


def _written(counts: Mapping[str, int] | Mapping[UUID, Counts]) -> str:
    return msgspec.json.encode(counts).decode()
