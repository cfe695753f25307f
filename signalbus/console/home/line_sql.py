"""The statement on what of one tenant waits in the line, stream by stream.

Each stream is looked at in the order of its index and up to a limit, what is due and what is to
come by themselves, so that it stays quick with millions that wait.
"""

from signalbus.bus.outbox_sql import ENTRIES
from signalbus.bus.purposes import Purpose

# What was published has waited at least since then; it comes due again after its visibility time.
_ROWS = f"""
SELECT id, purpose, published, claim, reason, available_at,
    CASE WHEN published THEN available_at - make_interval(secs => line.visibility)
        ELSE available_at END AS since
FROM {ENTRIES} WHERE stream = line.stream AND tenant_id = %(tenant)s::int
"""  # noqa: S608 - constants
# %(tenant)s, %(streams)s, %(visibilities)s in seconds, %(most)s, %(scheduled)s: a reason
WAITING = f"""
SELECT line.stream,
    count(*) FILTER (WHERE entry.claim IS NULL AND entry.since <= statement_timestamp()),
    count(*) FILTER (WHERE entry.claim IS NOT NULL),
    count(*) FILTER (WHERE entry.claim IS NULL AND entry.since > statement_timestamp()),
    min(entry.since) FILTER (WHERE entry.claim IS NULL AND entry.since <= statement_timestamp()),
    (array_agg(entry.id ORDER BY entry.since, entry.id) FILTER (
        WHERE entry.reason = %(scheduled)s AND entry.since > statement_timestamp()))[1],
    min(entry.since) FILTER (
        WHERE entry.reason = %(scheduled)s AND entry.since > statement_timestamp())
FROM unnest(%(streams)s::text[], %(visibilities)s::float8[]) AS line (stream, visibility)
CROSS JOIN LATERAL (
    (SELECT * FROM ({_ROWS}) due WHERE available_at <= statement_timestamp()
        ORDER BY available_at LIMIT %(most)s)
    UNION ALL
    (SELECT * FROM ({_ROWS}) later WHERE available_at > statement_timestamp()
        ORDER BY available_at LIMIT %(most)s)
) entry
WHERE entry.purpose <> '{Purpose.WATCH}'
GROUP BY line.stream
"""  # noqa: S608 - constants
