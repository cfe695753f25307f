"""The statements that store and apply receipts: as many as there are, in one go."""
# ruff: noqa: S608 - only constants of this file are put together

from collections.abc import Iterable

from delivery.receipts.effects import GOOD, causes, legal_moves
from notifications.suppressing import CONSEQUENCES


def _values(rows: Iterable[Iterable[str]]) -> str:
    """A VALUES list of constants of this code."""
    quoted = (", ".join(f"'{value}'" for value in row) for row in rows)
    return f"(VALUES {', '.join(f'({row})' for row in quoted)})"


EVENTS = """unnest(
    %(ids)s::uuid[], %(accounts)s::uuid[], %(event_ids)s::text[], %(kinds)s::text[],
    %(deliveries)s::uuid[], %(attempts)s::uuid[], %(references)s::text[],
    %(moments)s::timestamptz[], %(classes)s::text[], %(codes)s::text[], %(details)s::text[],
    %(raws)s::text[], %(providers)s::text[]
) WITH ORDINALITY AS given(
    id, account_id, event_id, kind, delivery, attempt, reference, occurred_at,
    error_class, code, detail, raw, provider, place
)"""

# What stands behind the delivery's id in a Message-ID of ours: how often it had been redriven.
_REDRIVES = "substring(lower(event.reference) FROM event.delivery::text || '-([0-9]{1,4})@')::int"
# The receipts with their deliveries. Where the provider handed back neither of our ids, it is the
# latest attempt under its reference. Where only the delivery is known, as by a bounce with nothing
# but our Message-ID, it is the latest attempt under that, else the latest of all; but the first one
# where the delivery was redriven since, so what is said of it counts against none that came later.
# The lateral subqueries cost nothing where they are not needed.
FOUND = f"""
WITH event AS (
    SELECT * FROM {EVENTS}
), found AS MATERIALIZED (
    SELECT event.*, delivery.id AS delivery_id, delivery.status, delivery.mode, delivery.channel,
        delivery.address, COALESCE(event.attempt, named.id, latest.id) AS attempt_id
    FROM event
    LEFT JOIN LATERAL (
        SELECT delivery_id FROM {{schema}}.delivery_attempt
        WHERE event.delivery IS NULL AND id = event.attempt LIMIT 1
    ) known ON TRUE
    LEFT JOIN LATERAL (
        SELECT id, delivery_id FROM {{schema}}.delivery_attempt
        WHERE event.attempt IS NULL AND event.delivery IS NULL AND event.reference <> ''
            AND account_id = event.account_id AND reference = event.reference AND reference <> ''
        ORDER BY id DESC LIMIT 1
    ) named ON TRUE
    LEFT JOIN {{schema}}.notifications_delivery delivery
        ON delivery.id = COALESCE(event.delivery, known.delivery_id, named.delivery_id)
    LEFT JOIN LATERAL (
        SELECT id FROM {{schema}}.delivery_attempt
        WHERE event.attempt IS NULL AND delivery_id = event.delivery
        ORDER BY event.reference <> '' AND reference = event.reference DESC,
            CASE WHEN {_REDRIVES} < delivery.redrives THEN NULL ELSE id END DESC, id
        LIMIT 1
    ) latest ON TRUE
)
"""

LOCK_ENTRIES = f"""
{FOUND}
SELECT id FROM public.bus_outboxentry WHERE id IN (SELECT delivery_id FROM found)
ORDER BY id FOR UPDATE
"""

LOCK_DELIVERIES = f"""
{FOUND}
SELECT id FROM {{schema}}.notifications_delivery WHERE id IN (SELECT delivery_id FROM found)
ORDER BY id FOR UPDATE
"""

STORE = """INSERT INTO {schema}.delivery_receipt (
        id, account_id, event_id, delivery_id, attempt_id, reference, event, error_class, code,
        detail, applied, raw, occurred_at, created_at
    )"""
MOVED = """delivery.id, delivery.notification_id, delivery.channel, delivery.lane,
        delivery.status, delivery.error_class, delivery.error_code"""
TELL = "SELECT * FROM moved"
CLOSED = """closed AS (
    UPDATE {schema}.delivery_deadletter letter
    SET acknowledged_at = now(), acknowledged_by = 'receipt'
    FROM moved WHERE letter.delivery_id = moved.id
        AND letter.acknowledged_at IS NULL AND letter.redriven_at IS NULL
)"""
# Bad news count for the latest attempt only: the one under way, or the last one made, by their
# numbers; an id tells the time of the machine that made it, whose clock may be behind. An entry
# without tries that is no question is a redrive's, and what came before does not concern it.
# Of several receipts for one delivery the good one wins, else the first one. The delivery then
# says which attempt it was: a claimed one that is not recorded yet has the next number.
_APPLIED = f"""
{FOUND}, weighed AS (
    SELECT found.id, found.delivery_id, legal.target, entry.claim AS claim, row_number() OVER (
        PARTITION BY found.delivery_id ORDER BY (legal.target = '{GOOD}') DESC, found.place
    ) AS rank
    FROM found
    JOIN {_values(legal_moves())} AS legal(kind, origin, target)
        ON legal.kind = found.kind AND legal.origin = found.status
    LEFT JOIN public.bus_outboxentry entry ON entry.id = found.delivery_id
    WHERE (
        legal.target = '{GOOD}'
        OR entry.claim = found.attempt_id
        OR (
            (entry.id IS NULL OR entry.purpose = 'reconcile'
                OR (entry.claim IS NULL AND entry.tries > 0))
            AND NOT EXISTS (
                SELECT FROM {{schema}}.delivery_attempt newer
                WHERE newer.delivery_id = found.delivery_id AND coalesce(
                    (newer.number, newer.id) > (
                        (
                            SELECT number FROM {{schema}}.delivery_attempt
                            WHERE id = found.attempt_id LIMIT 1
                        ),
                        found.attempt_id
                    ),
                    newer.id > found.attempt_id
                )
            )
        )
    ) AND (
        SELECT stored.id FROM {{schema}}.delivery_receipt stored
        WHERE stored.account_id = found.account_id AND stored.event_id = found.event_id
    ) IS NULL
), chosen AS (
    SELECT * FROM weighed WHERE rank = 1
), stored AS (
    {STORE}
    SELECT found.id, found.account_id, found.event_id, found.delivery_id, found.attempt_id,
        found.reference, found.kind, found.error_class, found.code, found.detail,
        chosen.id IS NOT NULL, found.raw::jsonb, found.occurred_at, now()
    FROM found LEFT JOIN chosen ON chosen.id = found.id
    ORDER BY found.account_id, found.event_id
    ON CONFLICT (account_id, event_id) DO NOTHING
    RETURNING id
), moved AS (
    UPDATE {{schema}}.notifications_delivery delivery
    SET status = chosen.target,
        settled_at = COALESCE(delivery.settled_at, now()),
        error_class = found.error_class, error_code = found.code, detail = found.detail,
        attempts = GREATEST(delivery.attempts, COALESCE(
            attempt.number, delivery.attempts + (chosen.claim = found.attempt_id)::int
        )),
        account_id = COALESCE(attempt.account_id, found.account_id),
        provider = COALESCE(attempt.provider, NULLIF(found.provider, ''), delivery.provider),
        reference = COALESCE(
            NULLIF(found.reference, ''), NULLIF(attempt.reference, ''), delivery.reference
        )
    FROM chosen JOIN stored ON stored.id = chosen.id JOIN found ON found.id = chosen.id
    LEFT JOIN LATERAL (
        SELECT number, account_id, provider, reference FROM {{schema}}.delivery_attempt
        WHERE id = found.attempt_id LIMIT 1
    ) attempt ON TRUE
    WHERE delivery.id = chosen.delivery_id
    RETURNING {MOVED}
), ended AS (
    DELETE FROM public.bus_outboxentry entry USING moved WHERE entry.id = moved.id
), {CLOSED}, forgiven AS (
    DELETE FROM {{schema}}.notifications_softbounces bounces
    USING moved JOIN found ON found.delivery_id = moved.id
    WHERE moved.status = '{GOOD}' AND bounces.mode = found.mode
        AND bounces.channel = found.channel AND bounces.address = lower(found.address)
), cause AS MATERIALIZED (
    SELECT found.mode, found.channel, lower(found.address) AS address, legal.reason,
        found.detail AS note, found.delivery_id AS delivery, found.id AS receipt, found.place
    FROM stored JOIN found ON found.id = stored.id AND found.delivery_id IS NOT NULL
    JOIN {_values(causes())} AS legal(kind, error_class, reason)
        ON legal.kind = found.kind AND legal.error_class IN ('', found.error_class)
), {CONSEQUENCES}
"""
APPLY = f"{_APPLIED} {TELL}"

# For a hook: what became of each receipt, in order, whether it moved its delivery or not.
TAKE = f"""
{_APPLIED}
SELECT stored.id IS NOT NULL, found.delivery_id IS NOT NULL, moved.*
FROM found LEFT JOIN stored ON stored.id = found.id
LEFT JOIN chosen ON chosen.id = stored.id
LEFT JOIN moved ON moved.id = chosen.delivery_id
ORDER BY found.place
"""

# Those that came before their attempt was recorded, and now have one. They are found without being
# held, so that what they concern can be held first; then they are taken out, as far as they are
# there still, to be taken in anew by the same transaction. Only young ones are looked for: others
# never had an attempt here.
_UNMATCHED = """
    receipt.delivery_id IS NULL AND receipt.reference <> '' AND receipt.id > %(oldest)s::uuid
    AND EXISTS (
        SELECT FROM {schema}.delivery_attempt attempt
        WHERE attempt.account_id = receipt.account_id AND attempt.reference = receipt.reference
            AND attempt.reference <> ''
    )
"""
ANY_UNMATCHED = f"""
SELECT EXISTS (SELECT FROM {{schema}}.delivery_receipt receipt WHERE {_UNMATCHED})
"""
AS_EVENT = """receipt.account_id, receipt.event_id, receipt.event, receipt.occurred_at,
    receipt.reference, receipt.error_class, receipt.code, receipt.detail, receipt.raw::text"""
UNMATCHED = f"""
SELECT receipt.id, {AS_EVENT} FROM {{schema}}.delivery_receipt receipt WHERE {_UNMATCHED}
ORDER BY receipt.id LIMIT %(limit)s
"""
TAKE_OUT = f"""
DELETE FROM {{schema}}.delivery_receipt receipt
WHERE receipt.id = ANY(%(ids)s::uuid[]) AND receipt.delivery_id IS NULL
RETURNING receipt.id, {AS_EVENT}
"""
