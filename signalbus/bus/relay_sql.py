"""The relay's statements. Conditions on time use `statement_timestamp()`, which an index can serve;
new times come from `clock_timestamp()`.
"""
# ruff: noqa: S608 - only constants of this file are put together

from signalbus.bus.lines_sql import IN_FORCE, STANDS, STOPS
from signalbus.bus.outbox_sql import CLOCK, ENTRIES
from signalbus.bus.plan import Only
from signalbus.bus.purposes import Purpose

NOW = "statement_timestamp()"

# Every line's earliest entry, in seconds from now, found by leaping from line to line over the
# index (a loose index scan): its cost grows with the lines, not with their entries. The last row,
# without a stream, is the claim that expires first.
SURVEY = f"""
WITH RECURSIVE line AS (
    (SELECT stream, tenant_id, available_at FROM {ENTRIES}
        ORDER BY stream, tenant_id, available_at LIMIT 1)
    UNION ALL
    SELECT further.* FROM line CROSS JOIN LATERAL (
        SELECT stream, tenant_id, available_at FROM {ENTRIES} e
        WHERE (e.stream, e.tenant_id) > (line.stream, line.tenant_id)
        ORDER BY stream, tenant_id, available_at LIMIT 1
    ) further
)
SELECT stream, tenant_id, extract(epoch FROM available_at - {NOW})::float8 FROM line
UNION ALL
SELECT '', 0, extract(epoch FROM min(available_at) - {NOW})::float8 FROM {ENTRIES}
WHERE claim IS NOT NULL
"""

# For so long after a pause has ended by itself, a line is tried with a few entries at a time: the
# reason may not be over, and whatever is published in vain has to be put back one by one.
TRIED_FOR = "interval '15 seconds'"

# The lines %(streams)s, %(tenants)s with their weights, and what their pauses mean: tried with a
# few only, waiting, calling no provider, standing still; in how many seconds that ends by itself;
# and in how many seconds the first entry is due that goes on nevertheless.
LINES = f"""
WITH due AS (
    SELECT * FROM unnest(%(streams)s::text[], %(tenants)s::int[]) AS due (stream, tenant_id)
), paused AS (
    SELECT due.stream, due.tenant_id, bool_or({IN_FORCE}) AS waits,
        bool_or({STANDS}) AS unsendable, bool_or({STOPS}) AS stands,
        CASE WHEN bool_and(pause.until IS NOT NULL)
            THEN extract(epoch FROM max(pause.until) - {NOW})::float8 END AS ends_in
    FROM due JOIN public.bus_linepause pause
        ON pause.tenant_id = due.tenant_id AND pause.stream IN (due.stream, '')
    WHERE pause.until IS NULL OR pause.until > {NOW} - {TRIED_FOR}
    GROUP BY due.stream, due.tenant_id
)
SELECT due.stream, due.tenant_id, coalesce(line.weight, 1), paused.tenant_id IS NOT NULL,
    coalesce(paused.waits, false), coalesce(paused.unsendable, false),
    coalesce(paused.stands, false), paused.ends_in, (
        SELECT extract(epoch FROM entry.available_at - {NOW})::float8 FROM {ENTRIES} entry
        WHERE paused.waits AND NOT paused.stands AND entry.stream = due.stream
            AND entry.tenant_id = due.tenant_id AND entry.reserved_account IS NOT NULL
            AND (entry.purpose = '{Purpose.WATCH}' OR NOT paused.unsendable)
        ORDER BY entry.available_at LIMIT 1
    )
FROM due
LEFT JOIN public.bus_line line USING (stream, tenant_id)
LEFT JOIN paused USING (stream, tenant_id)
"""

# How many entries of the streams wait in Kafka. A lease that has run out waits there no longer, or
# whatever Kafka lost would fill the window for ever.
WAITING = f"""
SELECT stream, tenant_id, count(*) FROM {ENTRIES}
WHERE stream = ANY(%(streams)s::text[]) AND published AND claim IS NULL AND available_at > {NOW}
GROUP BY stream, tenant_id
"""


def _lease(picked: str) -> str:
    """The picked entries, published in a new generation and out of sight for `seconds`.

    The ids go through an array, so that PostgreSQL takes the primary key, whatever it believes
    about the size of a table that fills and empties within a minute.
    """
    return f"""
WITH picked AS ({picked}), leased AS (
    UPDATE {ENTRIES} e SET
        generation = e.generation + 1,
        published = true,
        available_at = {CLOCK} + make_interval(secs => visible.seconds)
    FROM unnest(%(streams)s::text[], %(seconds)s::float8[]) AS visible (stream, seconds)
    WHERE e.id = ANY(ARRAY(SELECT id FROM picked)) AND e.stream = visible.stream
    RETURNING e.id, e.stream, e.tenant_id, e.generation, e.purpose, e.claim, e.partition_key,
        e.trace, e.body
)
SELECT leased.*, picked.due FROM leased JOIN picked USING (id) ORDER BY picked.due, id
"""


# What else of a line is published while it waits; all of it stands in the index of what has a
# moment of its own.
_ONLY = {
    Only.ALL: "",
    Only.RESERVED: "AND o.reserved_account IS NOT NULL",
    Only.WATCHES: f"AND o.reserved_account IS NOT NULL AND o.purpose = '{Purpose.WATCH}'",
}


def _due(*, expired: bool, only: Only) -> str:
    return f"""
    SELECT entry.id, entry.due
    FROM unnest(%(tenants)s::int[], %(quotas)s::int[]) AS turn (tenant_id, quota)
    CROSS JOIN LATERAL (
        SELECT o.id, o.available_at AS due FROM {ENTRIES} o
        WHERE o.stream = %(stream)s AND o.tenant_id = turn.tenant_id
            AND o.available_at <= {NOW} AND o.claim IS NULL
            {"" if expired else "AND NOT o.published"}
            {_ONLY[only]}
        ORDER BY o.available_at LIMIT turn.quota FOR UPDATE SKIP LOCKED
    ) entry LIMIT %(limit)s"""


# %(stream)s, %(tenants)s, %(quotas)s, %(limit)s: a nested loop asks the tenants in their order and
# stops at the limit, so that nothing is locked in vain. With %(streams)s, %(seconds)s: how long
# each stream's entries are out of sight.
# By whether leases that ran out are taken again, and by what may be published.
LEASE_DUE = {
    (expired, only): _lease(_due(expired=expired, only=only))
    for expired in (True, False)
    for only in Only
}
# %(limit)s; %(streams)s and %(seconds)s. Lines do not matter: a call that was under way when its
# worker died has to be recorded also for a tenant whose line is paused.
LEASE_EXPIRED_CLAIMS = _lease(f"""
    SELECT o.id, o.available_at AS due FROM {ENTRIES} o
    WHERE o.claim IS NOT NULL AND o.available_at <= {NOW}
        AND o.stream = ANY(%(streams)s::text[])
    ORDER BY o.available_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED""")

# %(ids)s, %(generations)s, %(claims)s, %(times)s. Not what a worker got nevertheless and claimed.
GIVE_BACK = f"""
UPDATE {ENTRIES} e SET published = (met.claim IS NOT NULL), available_at = met.due
FROM (
    SELECT o.id, refused.claim, refused.due FROM {ENTRIES} o
    JOIN unnest(%(ids)s::uuid[], %(generations)s::int[], %(claims)s::uuid[],
        %(times)s::timestamptz[]) AS refused (id, generation, claim, due) ON o.id = refused.id
    WHERE o.id = ANY(%(ids)s::uuid[]) AND o.published AND o.generation = refused.generation
        AND o.claim IS NOT DISTINCT FROM refused.claim
    ORDER BY o.id FOR UPDATE OF o
) met WHERE e.id = met.id
"""

# %(ids)s, %(generations)s: messages that Kafka has need no place in the line any more.
FORGET = f"""
DELETE FROM {ENTRIES} e USING (
    SELECT o.id FROM {ENTRIES} o
    JOIN unnest(%(ids)s::uuid[], %(generations)s::int[]) AS sent (id, generation) USING (id)
    WHERE o.id = ANY(%(ids)s::uuid[]) AND o.generation = sent.generation
    ORDER BY o.id FOR UPDATE OF o
) met WHERE e.id = met.id
"""
