"""The statements about entries that wait for a receipt, by parallel arrays.

A watch is an entry of its own beside the delivery's: it has the stream and the partition of the
delivery, and its `tries` are the attempts that the delivery had by then, so that it says nothing
of what a redrive has sent since.
"""

# ruff: noqa: S608 - only constants are put together

from delivery.errors import ErrorClass
from delivery.pipeline.watching import BADLY
from notifications.states import Skip, Status
from signalbus.bus import outbox_sql
from signalbus.bus.purposes import Purpose

_ENDED_BADLY = f"""(
    delivery.status IN ({", ".join(f"'{status}'" for status in BADLY)})
        AND delivery.error_class <> '{ErrorClass.EXPIRED}'
    OR delivery.status = '{Status.SKIPPED}' AND delivery.reason = '{Skip.SUPPRESSED}'
)"""

_INTO_THE_LINE = f"""INSERT INTO {outbox_sql.ENTRIES} (
        id, stream, tenant_id, partition_key, purpose, delivery, available_at, reason, trace,
        generation, published, tries, crashes, reserved_account
    )"""

# A watch calls no provider: it has a moment of its own, whatever account it says, so that it goes
# on while its line waits for a limit, or for an account that may be used. Just then another way may
# be needed, and behind all the backlog it would come too late.
# What has just been sent is looked at after its time, what has just ended badly at once: then only
# another channel can help. Nothing is left to be done for what a receipt has told of already.
WATCH = f"""
{_INTO_THE_LINE}
SELECT given.watch, given.stream, %(tenant)s::int, given.key, '{Purpose.WATCH}', delivery.id,
    {outbox_sql.CLOCK} + make_interval(secs =>
        CASE delivery.status WHEN '{Status.SENT}' THEN given.seconds ELSE 0 END),
    '', given.trace, 0, false, delivery.attempts, 0, coalesce(delivery.account_id, given.watch)
FROM unnest(
    %(watches)s::uuid[], %(watched)s::uuid[], %(streams)s::text[], %(keys)s::bigint[],
    %(traces)s::text[], %(seconds)s::float8[], %(falls)s::bool[]
) AS given (watch, watched, stream, key, trace, seconds, falls)
JOIN {{schema}}.notifications_delivery delivery ON delivery.id = given.watched
WHERE delivery.id = ANY(%(watched)s::uuid[]) AND NOT delivery.fell_over
    AND (delivery.status = '{Status.SENT}' OR (given.falls AND {_ENDED_BADLY}))
ORDER BY given.watch
ON CONFLICT (id) DO NOTHING
"""

# In the order of the fields of watching.Watched.
FACTS = f"""
SELECT entry.id, entry.generation, entry.tries, delivery.id, delivery.notification_id,
    delivery.mode, delivery.channel, delivery.lane, delivery.status, delivery.reason,
    delivery.error_class, delivery.account_id, delivery.wanted_account, delivery.attempts,
    delivery.fell_over, delivery.fallback_of, notification.topic, notification.data,
    notification.locale, notification.expires_at, others.channels, others.arrived,
    coalesce(known.addresses, '{{}}'), coalesce(known.suppressed, '{{}}'), clock_timestamp()
FROM {outbox_sql.ENTRIES} entry
CROSS JOIN LATERAL (
    SELECT * FROM {{schema}}.notifications_delivery WHERE id = entry.delivery LIMIT 1
) delivery
CROSS JOIN LATERAL (
    SELECT * FROM {{schema}}.notifications_notification
    WHERE id = delivery.notification_id LIMIT 1
) notification
CROSS JOIN LATERAL (
    SELECT array_agg(channel::text) AS channels, bool_or(status = '{Status.DELIVERED}') AS arrived
    FROM {{schema}}.notifications_delivery WHERE notification_id = notification.id
) others
LEFT JOIN LATERAL (
    SELECT jsonb_object_agg(contact.channel, contact.address) AS addresses,
        jsonb_object_agg(contact.channel, jsonb_build_array(reason, since))
            FILTER (WHERE reason IS NOT NULL) AS suppressed
    FROM {{schema}}.notifications_contact contact
    LEFT JOIN LATERAL (
        SELECT reason, created_at AS since FROM {{schema}}.notifications_suppression
        WHERE mode = delivery.mode AND channel = contact.channel
            AND address = lower(contact.address) AND (expires_at IS NULL OR expires_at > now())
        LIMIT 1
    ) suppression ON true
    WHERE contact.recipient_id = notification.recipient_id
) known ON true
WHERE entry.id = ANY(%(ids)s::uuid[]) AND entry.purpose = '{Purpose.WATCH}'
"""

# %(made)s: a JSON array of fall_rows.MadeRow. What is made to be sent counts for the quotas of its
# channel, though none refuses it. Entries and deliveries are locked by the statements
# before, so all of this holds or nothing: whoever settled, redrove or moved the delivery since its
# facts were read leaves the watch to come due once more.
FALL = f"""
WITH met AS MATERIALIZED (
    SELECT given.*, delivery.notification_id, delivery.mode, entry.stream, entry.partition_key,
        entry.trace
    FROM unnest(
        %(entries)s::uuid[], %(generations)s::int[], %(deliveries)s::uuid[], %(statuses)s::text[],
        %(numbers)s::int[], %(agains)s::bool[], %(deadlines)s::timestamptz[], %(actions)s::uuid[],
        %(details)s::text[]
    ) AS given (entry, generation, delivery, status, number, again, deadline, action, detail)
    JOIN {outbox_sql.ENTRIES} entry ON entry.id = given.entry
    JOIN {{schema}}.notifications_delivery delivery ON delivery.id = given.delivery
    WHERE entry.id = ANY(%(entries)s::uuid[]) AND entry.published AND entry.claim IS NULL
        AND entry.generation = given.generation AND delivery.id = ANY(%(deliveries)s::uuid[])
        AND delivery.status = given.status AND delivery.attempts = given.number
        AND NOT delivery.fell_over
), watched AS (
    DELETE FROM {outbox_sql.ENTRIES} entry USING met WHERE entry.id = met.entry
), fallen AS (
    UPDATE {{schema}}.notifications_delivery delivery SET
        fell_over = true,
        possibly_repeated = delivery.possibly_repeated OR met.again,
        status = CASE WHEN met.again THEN '{Status.QUEUED}' ELSE delivery.status END,
        deadline = CASE WHEN met.again THEN met.deadline ELSE delivery.deadline END,
        settled_at = CASE WHEN met.again THEN NULL ELSE delivery.settled_at END,
        error_class = CASE WHEN met.again THEN '' ELSE delivery.error_class END,
        error_code = CASE WHEN met.again THEN '' ELSE delivery.error_code END,
        detail = CASE WHEN met.again THEN '' ELSE delivery.detail END
    FROM met WHERE delivery.id = met.delivery
), made AS (
    SELECT row.*, met.delivery AS fallback_of, met.notification_id, met.mode, met.partition_key,
        met.trace
    FROM met JOIN json_to_recordset(%(made)s::json) AS row (watch uuid, id uuid, channel text,
        lane text, stream text, status text, reason text, detail text, address text,
        template_version_id uuid, locale text, deadline timestamptz) ON row.watch = met.entry
), inserted AS (
    INSERT INTO {{schema}}.notifications_delivery (id, notification_id, mode, channel, lane, status,
        reason, detail, address, template_version_id, locale, deadline, fallback_of, settled_at,
        created_at, attempts, redrives, possibly_repeated, provider, reference, error_class,
        error_code)
    SELECT id, notification_id, mode, channel, lane, status, reason, detail, address,
        template_version_id, locale, deadline, fallback_of,
        CASE status WHEN '{Status.QUEUED}' THEN NULL ELSE {outbox_sql.CLOCK} END,
        {outbox_sql.CLOCK}, 0, 0, false, '', '', '', ''
    FROM made
), counted AS (
    INSERT INTO {{schema}}.notifications_usage AS held (mode, channel, day, count)
    SELECT mode, channel, ({outbox_sql.CLOCK} AT TIME ZONE 'UTC')::date, count(*)
    FROM made WHERE status = '{Status.QUEUED}'
    GROUP BY mode, channel ORDER BY mode, channel
    ON CONFLICT (mode, channel, day) DO UPDATE SET count = held.count + excluded.count
), entered AS (
    {_INTO_THE_LINE}
    SELECT id, stream, %(tenant)s::int, partition_key, '{Purpose.SEND}', id, {outbox_sql.CLOCK}, '',
        trace, 0, false, 0, 0, NULL::uuid
    FROM (
        SELECT delivery AS id, stream, partition_key, trace FROM met WHERE again
        UNION ALL
        SELECT id, stream, partition_key, trace FROM made WHERE status = '{Status.QUEUED}'
    ) line
    ORDER BY id
), told AS (
    INSERT INTO {{schema}}.notifications_action (
        id, notification_id, deliveries, verb, actor, detail, created_at
    )
    SELECT action, notification_id, ARRAY[delivery], %(verb)s, %(actor)s, detail,
        {outbox_sql.CLOCK}
    FROM met
)
SELECT entry FROM met
"""
