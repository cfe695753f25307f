"""What the guard counts, by indexes alone, however much a tenant has sent."""
# ruff: noqa: S608 - only constants of this code are put together

from delivery.guard.rule import BOUNDS, WINDOW
from delivery.receipts.events import EventKind
from notifications.noticed import SIGNALBUS, Severity

MOST_READ = 20 * WINDOW  # attempts of any channel and mode among which the e-mails are looked for
_KINDS = ", ".join(f"'{kind}'" for kind in BOUNDS)
BAD = f"'{EventKind.BOUNCED}', '{EventKind.COMPLAINED}'"

# Whether anything speaks against a tenant: bad news that came lately, or a notice. The news are
# told as the attempts that they are about, some out of many; with them of each kind of notice when
# somebody lifted one last, which is where its window begins.
NEWS = f"""
WITH news AS (
    (SELECT attempt_id AS attempt FROM {{schema}}.delivery_receipt
    WHERE event IN ({BAD}) AND id > %(recent)s::uuid AND attempt_id IS NOT NULL LIMIT {MOST_READ})
    UNION ALL
    (SELECT id FROM {{schema}}.delivery_attempt
    WHERE error_class = 'bad_address' AND id > %(recent)s::uuid LIMIT {MOST_READ})
), told AS (
    SELECT kind, max(lifted_at) FILTER (WHERE lifted_by <> '{SIGNALBUS}') AS lifted_at,
        bool_or(lifted_at IS NULL AND severity = '{Severity.WARNING}') AS warned
    FROM {{schema}}.notifications_notice WHERE kind IN ({_KINDS}) GROUP BY kind
)
SELECT (
    SELECT percentile_disc(ARRAY[0.25, 0.5, 0.75, 1]::float8[]) WITHIN GROUP (ORDER BY attempt)
    FROM news
), array_agg(kind::text), array_agg(lifted_at), coalesce(bool_or(warned), false)
FROM told
"""

# The e-mails sent last up to each of the attempts: those that a provider took, or refused since
# there is no such address.
WINDOWS = f"""
SELECT count(sent.id), count(*) FILTER (WHERE sent.refused OR news.bounced),
    count(*) FILTER (WHERE news.complained)
FROM unnest(%(untils)s::uuid[]) WITH ORDINALITY AS span(until, place)
CROSS JOIN LATERAL (
    SELECT attempt.id, attempt.delivery_id, attempt.error_class = 'bad_address' AS refused
    FROM (
        SELECT id, delivery_id, error_class, outcome FROM {{schema}}.delivery_attempt
        WHERE id <= span.until AND id > %(since)s::uuid
        ORDER BY id DESC LIMIT {MOST_READ}
    ) attempt
    CROSS JOIN LATERAL (
        SELECT FROM {{schema}}.notifications_delivery delivery
        WHERE delivery.id = attempt.delivery_id AND delivery.mode = 'live'
            AND delivery.channel = 'email' LIMIT 1
    ) live
    WHERE attempt.outcome = 'accepted' OR attempt.error_class = 'bad_address'
    ORDER BY attempt.id DESC LIMIT {WINDOW}
) sent
LEFT JOIN LATERAL (
    SELECT bool_or(event = '{EventKind.BOUNCED}') AS bounced,
        bool_or(event = '{EventKind.COMPLAINED}') AS complained
    FROM {{schema}}.delivery_receipt
    WHERE attempt_id = sent.id AND event IN ({BAD})
) news ON true
GROUP BY span.place
ORDER BY span.place
"""
