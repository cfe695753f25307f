"""The statements of the statistics, for one tenant each; `{schema}.` is its schema.

All of them lock tallies in the order of their places, if any.
"""

# ruff: noqa: S608 - only constants are put together

_PLACE = "mode, channel, provider, status, error_class, bucket"
_DAY_OF = "date_bin('1 day', hour, '2000-01-01 00:00+00')"

# What is not folded yet is added, both as of the same moment. %(step)s is an hour or a day. In no
# order: sorting texts by the database's collation would take longer than all the rest.
READ = f"""
SELECT date_bin(%(step)s::interval, hour, '2000-01-01 00:00+00') AS begins, channel, provider,
    status, error_class, bucket, sum(count)::bigint
FROM (
    SELECT hour, {_PLACE}, count FROM {{schema}}.delivery_tally
    UNION ALL
    SELECT hour, {_PLACE}, count FROM {{schema}}.delivery_tallychange
) counted
WHERE mode = %(mode)s AND hour >= %(start)s::timestamptz AND hour < %(end)s::timestamptz
    AND (%(channel)s::text IS NULL OR channel = %(channel)s::text)
    AND (%(provider)s::text IS NULL OR provider = %(provider)s::text)
GROUP BY begins, channel, provider, status, error_class, bucket
HAVING sum(count) <> 0
"""

_ADD = f"""
INSERT INTO {{schema}}.delivery_tally AS held (hour, {_PLACE}, count)
SELECT place, {_PLACE}, sum(count) FROM gone
GROUP BY place, {_PLACE} HAVING sum(count) <> 0 ORDER BY place, {_PLACE}
ON CONFLICT (hour, {_PLACE}) DO UPDATE SET count = held.count + excluded.count
"""
# %(horizon)s: hours before it are no longer told apart. %(page)s: changes folded at once. Those
# that another process is at are left to it.
FOLD = f"""
WITH gone AS (
    DELETE FROM {{schema}}.delivery_tallychange WHERE id IN (
        SELECT id FROM {{schema}}.delivery_tallychange ORDER BY id LIMIT %(page)s::int
        FOR UPDATE SKIP LOCKED
    )
    RETURNING *, CASE WHEN hour < %(horizon)s::timestamptz THEN {_DAY_OF} ELSE hour END AS place
), added AS ({_ADD})
SELECT count(*) FROM gone
"""
# A day's tallies stand in its first hour, which is not taken away.
COMPACT = f"""
WITH gone AS (
    DELETE FROM {{schema}}.delivery_tally
    WHERE hour < %(horizon)s::timestamptz AND hour <> {_DAY_OF}
    RETURNING *, {_DAY_OF} AS place
), added AS ({_ADD})
SELECT count(*) FROM gone
"""
# %(oldest)s: days before it are forgotten, and of those that are not, what came to nothing.
FORGET = """
WITH gone AS (
    DELETE FROM {schema}.delivery_tally WHERE hour < %(oldest)s::timestamptz
        OR (count = 0 AND hour < %(horizon)s::timestamptz)
    RETURNING 1
)
SELECT count(*) FROM gone
"""
