"""The statement for good news alone: good receipts of different deliveries that name both our ids.

It does what the general one does (sql.py), but there is nothing to search for, to weigh or to
suppress, so it is planned in half the time: that counts where each of many tenants has a few.
"""
# ruff: noqa: S608 - only constants of this code are put together

from delivery.receipts.effects import GOOD
from delivery.receipts.sql import CLOSED, EVENTS, MOVED, STORE, TELL
from notifications.states import origins

GOOD_FROM = ", ".join(f"'{status}'" for status in sorted(origins(GOOD)))

# The entry goes before the delivery moves, since it tells which claim it had.
APPLY = f"""
WITH found AS MATERIALIZED (
    SELECT given.*, delivery.id AS delivery_id, given.attempt AS attempt_id,
        delivery.mode, delivery.channel, delivery.address,
        COALESCE(delivery.status IN ({GOOD_FROM}), false) AS legal
    FROM {EVENTS}
    LEFT JOIN {{schema}}.notifications_delivery delivery ON delivery.id = given.delivery
), stored AS (
    {STORE}
    SELECT id, account_id, event_id, delivery_id, attempt_id, reference, kind, error_class, code,
        detail, legal, raw::jsonb, occurred_at, now()
    FROM found ORDER BY account_id, event_id
    ON CONFLICT (account_id, event_id) DO NOTHING
    RETURNING id
), good AS MATERIALIZED (
    SELECT found.* FROM stored JOIN found ON found.id = stored.id WHERE found.legal
), ended AS (
    DELETE FROM public.bus_outboxentry entry USING good WHERE entry.id = good.delivery_id
    RETURNING entry.id, entry.claim
), moved AS (
    UPDATE {{schema}}.notifications_delivery delivery
    SET status = '{GOOD}',
        settled_at = COALESCE(delivery.settled_at, now()),
        error_class = good.error_class, error_code = good.code, detail = good.detail,
        attempts = GREATEST(delivery.attempts, COALESCE(
            attempt.number, delivery.attempts + (ended.claim = good.attempt_id)::int
        )),
        account_id = COALESCE(attempt.account_id, good.account_id),
        provider = COALESCE(attempt.provider, NULLIF(good.provider, ''), delivery.provider),
        reference = COALESCE(
            NULLIF(good.reference, ''), NULLIF(attempt.reference, ''), delivery.reference
        )
    FROM good LEFT JOIN ended ON ended.id = good.delivery_id
    LEFT JOIN LATERAL (
        SELECT number, account_id, provider, reference FROM {{schema}}.delivery_attempt
        WHERE id = good.attempt_id LIMIT 1
    ) attempt ON TRUE
    WHERE delivery.id = good.delivery_id
    RETURNING {MOVED}
), {CLOSED}, forgiven AS (
    DELETE FROM {{schema}}.notifications_softbounces bounces USING good
    WHERE bounces.mode = good.mode AND bounces.channel = good.channel
        AND bounces.address = lower(good.address)
)
{TELL}
"""
