"""The statements by which somebody's word counts: stored once, and what follows in the same go."""
# ruff: noqa: S608 - only constants of this code are put together

from delivery.receipts.sms_keywords import Wish
from notifications.suppressing import COLUMNS, REPLACES

# What Receipt.event says of each.
EVENTS: dict[Wish, str] = {
    Wish.STOP: "opted_out",
    Wish.START: "opted_in",
    Wish.HELP: "help",
}

_STORED = """
WITH stored AS (
    INSERT INTO {schema}.delivery_receipt (
        id, account_id, event_id, delivery_id, attempt_id, reference, event, error_class, code,
        detail, applied, raw, occurred_at, created_at
    )
    VALUES (
        %(id)s, %(account)s, %(event_id)s, NULL, NULL, '', %(event)s, '', '',
        %(detail)s, %(applied)s, %(raw)s::jsonb, %(moment)s, now()
    )
    ON CONFLICT (account_id, event_id) DO NOTHING
    RETURNING id
)"""

APPLY: dict[Wish, str] = {
    Wish.STOP: f"""{_STORED}
INSERT INTO {{schema}}.notifications_suppression AS held ({COLUMNS}, created_at)
SELECT 'live', 'sms', %(address)s, 'opt_out', %(detail)s, NULL::uuid, id, NULL::timestamptz, now()
FROM stored
{REPLACES}
""",
    # What a person took back, a person may give again; nothing else is lifted by it.
    Wish.START: f"""{_STORED}
DELETE FROM {{schema}}.notifications_suppression held USING stored
WHERE held.mode = 'live' AND held.channel = 'sms' AND held.address = %(address)s
    AND held.reason = 'opt_out'
""",
    Wish.HELP: f"{_STORED} SELECT FROM stored",
}

# Whether the tenant has reached that person by that account of the platform.
HAS_SENT = """
SELECT EXISTS (
    SELECT FROM {schema}.notifications_delivery delivery
    JOIN {schema}.delivery_attempt attempt ON attempt.delivery_id = delivery.id
    WHERE delivery.address = %(address)s AND delivery.channel = 'sms' AND delivery.mode = 'live'
        AND attempt.account_id = %(account)s::uuid
)
"""
