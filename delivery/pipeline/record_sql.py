"""What the recorder writes, by parallel arrays; the entries' part is the bus's own SQL.

Each move of a delivery hangs on its entry in the same statement: whoever lost the claim (or the
generation) moves nothing, writes no dead letter and tells nobody.
"""

# ruff: noqa: S608 - only constants are put together

from delivery.errors import RULES, ErrorClass
from notifications.states import Status, origins
from notifications.suppressing import CONSEQUENCES, SOFT
from signalbus.bus import outbox_sql
from signalbus.bus.purposes import Purpose
from signalbus.bus.streams import DEAD

_REASONS = {name.value: rule.suppresses for name, rule in RULES.items() if rule.suppresses}
SUPPRESSING = ", ".join(f"'{name}'" for name in _REASONS)
# Who could not be reached until no try was left counts as one soft bounce.
UNREACHABLE = ErrorClass.UNREACHABLE.value
WHY = " ".join(
    f"WHEN '{name}' THEN '{reason}'" for name, reason in {**_REASONS, UNREACHABLE: SOFT}.items()
)
SENT_FROM = ", ".join(f"'{status}'" for status in sorted(origins(Status.SENT)))

# An attempt is written once; only what was unknown may become known later. The acceptance of one
# whose claim was lost settles what is still open, or was given up, as long as no other attempt is
# under way, unless a receipt has told otherwise of it or of a later one: that may come before the
# record.
# What the same transaction has just settled is `sent` by then, so that it is met no more.
ATTEMPTS = f"""
WITH fresh AS (
    INSERT INTO {{schema}}.delivery_attempt AS attempt (
        id, delivery_id, number, account_id, provider, outcome, error_class, code, detail,
        reference, possibly_repeated, started_at, duration_ms
    )
    SELECT * FROM unnest(
        %(attempts)s::uuid[], %(deliveries)s::uuid[], %(numbers)s::int[], %(accounts)s::uuid[],
        %(providers)s::text[], %(outcomes)s::text[], %(classes)s::text[], %(codes)s::text[],
        %(details)s::text[], %(references)s::text[], %(repeats)s::bool[],
        %(moments)s::timestamptz[], %(durations)s::int[]
    )
    ON CONFLICT (id) DO UPDATE SET
        outcome = excluded.outcome, error_class = excluded.error_class, code = excluded.code,
        detail = excluded.detail, reference = excluded.reference,
        duration_ms = excluded.duration_ms
    WHERE attempt.outcome = 'unknown' AND excluded.outcome <> 'unknown'
    RETURNING id, delivery_id, number, account_id, provider, outcome, reference
), late AS (
    UPDATE {{schema}}.notifications_delivery delivery SET
        status = '{Status.SENT}', reason = '',
        attempts = greatest(delivery.attempts, fresh.number), account_id = fresh.account_id,
        provider = fresh.provider, reference = fresh.reference, error_class = '',
        error_code = '', detail = '', settled_at = clock_timestamp()
    FROM fresh
    WHERE delivery.id = fresh.delivery_id AND delivery.id = ANY(%(deliveries)s::uuid[])
        AND fresh.outcome = 'accepted' AND delivery.status IN ({SENT_FROM})
        AND NOT EXISTS (
            SELECT FROM {outbox_sql.ENTRIES} entry
            WHERE entry.id = delivery.id AND entry.claim IS NOT NULL
        ) AND NOT EXISTS (
            SELECT FROM {{schema}}.delivery_receipt receipt
            WHERE receipt.delivery_id = delivery.id AND receipt.attempt_id >= fresh.id
                AND receipt.applied
        )
    RETURNING delivery.id, fresh.id AS attempt
), ended AS (
    DELETE FROM {outbox_sql.ENTRIES} entry USING late WHERE entry.id = late.id
), closed AS (
    UPDATE {{schema}}.delivery_deadletter letter
    SET acknowledged_at = clock_timestamp(), acknowledged_by = 'late acceptance'
    FROM late WHERE letter.delivery_id = late.id
        AND letter.acknowledged_at IS NULL AND letter.redriven_at IS NULL
)
SELECT attempt FROM late
"""

_GIVEN = """
given AS (
    SELECT * FROM unnest(
        %(entries)s::uuid[], %(statuses)s::text[], %(skips)s::text[], %(accounts)s::uuid[],
        %(providers)s::text[], %(references)s::text[], %(classes)s::text[], %(codes)s::text[],
        %(details)s::text[], %(numbers)s::int[], %(letters)s::uuid[], %(messages)s::uuid[]
    ) AS given (
        entry, status, skip, account_id, provider, reference, error_class, code, detail, number,
        letter, message
    )
)"""

_MOVED = """
moved AS (
    UPDATE {schema}.notifications_delivery delivery SET
        status = given.status,
        reason = given.skip,
        attempts = greatest(delivery.attempts, given.number),
        account_id = coalesce(given.account_id, delivery.account_id),
        provider = coalesce(given.provider, delivery.provider),
        reference = given.reference,
        error_class = given.error_class,
        error_code = given.code,
        detail = given.detail,
        settled_at = clock_timestamp()
    FROM given JOIN settled ON settled.id = given.entry
    WHERE delivery.id = given.entry AND delivery.status = 'queued'
    RETURNING delivery.*, given.letter, given.message
)"""

_CONSEQUENCES = f"""
letters AS (
    INSERT INTO {{schema}}.delivery_deadletter (
        id, delivery_id, notification_id, mode, channel, topic, provider, error_class, code,
        reason, attempts, created_at, acknowledged_by
    )
    SELECT moved.letter, moved.id, moved.notification_id, moved.mode, moved.channel,
        notification.topic, moved.provider, moved.error_class, moved.error_code, moved.detail,
        moved.attempts, moved.settled_at, ''
    FROM moved JOIN {{schema}}.notifications_notification notification
        ON notification.id = moved.notification_id
    WHERE moved.status = '{Status.DEAD}'
), told AS (
    INSERT INTO {outbox_sql.ENTRIES} (
        id, stream, tenant_id, partition_key, purpose, delivery, available_at, reason, trace, body,
        generation, published, tries, crashes
    )
    SELECT moved.message, '{DEAD}', %(tenant)s::int, 0, '{Purpose.MESSAGE}', NULL,
        clock_timestamp(), '', '', jsonb_build_object(
            'tenant', %(tenant)s::int, 'delivery', moved.id, 'notification',
            moved.notification_id, 'channel', moved.channel, 'error_class', moved.error_class,
            'reason', moved.error_code, 'attempts', moved.attempts
        ), 0, false, 0, 0
    FROM moved WHERE moved.status = '{Status.DEAD}'
), cause AS MATERIALIZED (
    SELECT mode, channel, lower(address) AS address,
        CASE error_class {WHY} END AS reason,
        detail AS note, id AS delivery, NULL::uuid AS receipt, id AS place
    FROM moved WHERE error_class IN ({SUPPRESSING}) OR (
        error_class = '{UNREACHABLE}' AND status = '{Status.DEAD}'
    )
), {CONSEQUENCES}"""

_WHICH = "SELECT id, status, notification_id FROM moved"


def _settle(settled: str, *, with_consequences: bool) -> str:
    further = f",{_CONSEQUENCES}" if with_consequences else ""
    return f"WITH settled AS ({settled}), {_GIVEN}, {_MOVED}{further} {_WHICH}"


# What was sent has no consequences, so the statement of the good case is planned without them.
SENT = _settle(outbox_sql.SETTLE_CLAIMED, with_consequences=False)
ENDED = _settle(outbox_sql.SETTLE_CLAIMED, with_consequences=True)
SET_ASIDE = _settle(outbox_sql.SETTLE_UNCLAIMED, with_consequences=True)

WAITING = f"""
WITH postponed AS ({outbox_sql.POSTPONE_CLAIMED}), given AS (
    SELECT * FROM unnest(
        %(entries)s::uuid[], %(accounts)s::uuid[], %(providers)s::text[], %(classes)s::text[],
        %(codes)s::text[], %(details)s::text[], %(numbers)s::int[], %(repeats)s::bool[]
    ) AS given (entry, account_id, provider, error_class, code, detail, number, repeated)
)
UPDATE {{schema}}.notifications_delivery delivery SET
    attempts = greatest(delivery.attempts, given.number),
    possibly_repeated = delivery.possibly_repeated OR given.repeated,
    account_id = coalesce(given.account_id, delivery.account_id),
    provider = coalesce(given.provider, delivery.provider),
    error_class = given.error_class, error_code = given.code, detail = given.detail
FROM given JOIN postponed ON postponed.id = given.entry
WHERE delivery.id = given.entry
RETURNING delivery.id
"""

SANDBOX = """
INSERT INTO {schema}.delivery_sandboxmessage (
    id, mode, notification_id, delivery_id, channel, address, sender, subject, text, html, headers,
    created_at
)
SELECT id, mode, notification, delivery, channel, address, sender, subject, text, html,
    headers::jsonb, created_at
FROM unnest(
    %(attempts)s::uuid[], %(modes)s::text[], %(notifications)s::uuid[], %(deliveries)s::uuid[],
    %(channels)s::text[], %(addresses)s::text[], %(senders)s::text[], %(subjects)s::text[],
    %(texts)s::text[], %(htmls)s::text[], %(headers)s::text[], %(moments)s::timestamptz[]
) AS taken (
    id, mode, notification, delivery, channel, address, sender, subject, text, html, headers,
    created_at
)
ON CONFLICT (id) DO NOTHING
"""

LOCK_DELIVERIES = """
SELECT FROM {schema}.notifications_delivery WHERE id = ANY(%(ids)s::uuid[])
ORDER BY id FOR UPDATE
"""
LOCK = f"SELECT FROM {outbox_sql.ENTRIES} WHERE id = ANY(%(ids)s::uuid[]) ORDER BY id FOR UPDATE"
