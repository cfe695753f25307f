"""The statements of the live stream, for one tenant each; `{schema}.` is its schema."""

# ruff: noqa: S608 - only constants are put together

_COLUMNS = """id, at, mode, channel, topic, notification_id, delivery_id, status, previous, reason,
    provider, error_class"""

# Keeps the moves from now on for %(seconds)s. Where they were not kept before, the floor is an id
# of its own, so that whoever saw the last of the former ones is told that something was missed.
LISTEN = """
WITH renewed AS (
    UPDATE {schema}.delivery_listening SET until = now() + make_interval(secs => %(seconds)s)
    WHERE until > now()
    RETURNING floor
), begun AS (
    INSERT INTO {schema}.delivery_listening AS held (id, until, floor)
    SELECT 1, now() + make_interval(secs => %(seconds)s),
        nextval('{schema}.delivery_move_id_seq')
    WHERE NOT EXISTS (SELECT FROM renewed)
    ON CONFLICT (id) DO UPDATE SET until = excluded.until,
        floor = CASE WHEN held.until > now() THEN held.floor ELSE excluded.floor END
    RETURNING floor
)
SELECT floor FROM renewed UNION ALL SELECT floor FROM begun
"""
LAST = "SELECT last_value FROM {schema}.delivery_move_id_seq"
FLOOR = "SELECT floor FROM {schema}.delivery_listening"
# A number for this transaction: every one that has a number by now has a smaller one.
MARK = "SELECT pg_current_xact_id()::text::bigint"
OLDEST_RUNNING = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
READ = f"""
SELECT {_COLUMNS} FROM {{schema}}.delivery_move
WHERE id > %(after)s::bigint ORDER BY id LIMIT %(page)s::int
"""
# Of a range in which nothing will ever be added.
CATCH_UP = f"""
SELECT {_COLUMNS} FROM {{schema}}.delivery_move
WHERE id > %(after)s::bigint AND id <= %(upto)s::bigint AND mode = %(mode)s
    AND (%(channel)s::text IS NULL OR channel = %(channel)s::text)
    AND (%(topic)s::text IS NULL OR topic = %(topic)s::text)
    AND (%(status)s::text IS NULL OR status = %(status)s::text)
    AND (%(notification)s::uuid IS NULL OR notification_id = %(notification)s::uuid)
ORDER BY id LIMIT %(page)s::int
"""
TRIM = """
WITH gone AS (
    DELETE FROM {schema}.delivery_move WHERE id IN (
        SELECT id FROM {schema}.delivery_move WHERE at < %(oldest)s::timestamptz
        ORDER BY id LIMIT %(page)s::int
    )
    RETURNING id
), raised AS (
    UPDATE {schema}.delivery_listening
    SET floor = greatest(floor, (SELECT max(id) FROM gone))
    WHERE EXISTS (SELECT FROM gone)
)
SELECT count(*) FROM gone
"""
