"""The statements of redrives of many; each takes any number of deliveries.

They run in the current tenant's schema. Deliveries are locked in the order of their ids, then the
notifications; entries are only made where there was none.
"""

# ruff: noqa: S608 - only constants are put together

from notifications.states import Status
from signalbus.bus import outbox_sql
from signalbus.bus.purposes import Purpose

# What a redrive writes anew of a delivery, so that a stop can put it back.
FORMER = (
    "error_class",
    "error_code",
    "detail",
    "settled_at",
    "deadline",
    "redrives",
    "possibly_repeated",
    "wanted_account",
)
_FORMER_TYPES = (
    "error_class text, error_code text, detail text, settled_at timestamptz, deadline timestamptz,"
    " redrives int, possibly_repeated bool, wanted_account uuid"
)

# %s: the redrive; and the parameters of the candidates, which stand in the place of the braces.
TAKE = """
INSERT INTO delivery_redrivendelivery (
    redrive_id, delivery_id, former_status, former, dead_letter_id
)
SELECT %s, taken.id, taken.status, to_jsonb(taken) - '{{id,status}}'::text[], letter.id
FROM ({candidates}) taken
LEFT JOIN LATERAL (
    SELECT id FROM delivery_deadletter
    WHERE delivery_id = taken.id AND redriven_at IS NULL ORDER BY id DESC LIMIT 1
) letter ON true
ORDER BY taken.id
"""

# %(redrive)s, %(after)s: the last row of the page before, %(page)s
PAGE = """
SELECT taken.id, delivery.id, delivery.channel, delivery.lane, notification.topic,
    notification.id, notification.recipient_id
FROM delivery_redrivendelivery taken
JOIN notifications_delivery delivery ON delivery.id = taken.delivery_id
JOIN notifications_notification notification ON notification.id = delivery.notification_id
WHERE taken.redrive_id = %(redrive)s AND taken.id > %(after)s
ORDER BY taken.id LIMIT %(page)s
"""

# %(deliveries)s, %(deadlines)s, %(account)s. After an unknown outcome the key for the provider
# stays the same, so that it may notice that it has the message already.
REQUEUE = f"""
UPDATE notifications_delivery delivery SET
    redrives = delivery.redrives
        + CASE delivery.status WHEN '{Status.UNKNOWN}' THEN 0 ELSE 1 END,
    possibly_repeated = delivery.status = '{Status.UNKNOWN}',
    status = '{Status.QUEUED}',
    deadline = given.deadline,
    wanted_account = %(account)s,
    settled_at = NULL, error_class = '', error_code = '', detail = ''
FROM unnest(%(deliveries)s::uuid[], %(deadlines)s::timestamptz[]) AS given (id, deadline)
WHERE delivery.id = given.id
"""

# %(actions)s: as many ids as deliveries, %(deliveries)s, %(notifications)s, %(verb)s, %(actor)s
ACT = """
INSERT INTO notifications_action (id, notification_id, deliveries, verb, actor, created_at)
SELECT (array_agg(given.id))[1], given.notification, array_agg(given.delivery ORDER BY delivery),
    %(verb)s, %(actor)s, clock_timestamp()
FROM unnest(%(actions)s::uuid[], %(deliveries)s::uuid[], %(notifications)s::uuid[])
    AS given (id, delivery, notification)
GROUP BY given.notification
"""

# %(redrive)s
CLOSE_LETTERS = """
UPDATE delivery_deadletter letter SET redriven_at = clock_timestamp()
FROM delivery_redrivendelivery taken
WHERE taken.redrive_id = %(redrive)s AND letter.delivery_id = taken.delivery_id
    AND letter.redriven_at IS NULL
"""

# %(redrive)s: those that no attempt was ever made of; what has begun ends by itself.
TAKE_OUT = f"""
DELETE FROM {outbox_sql.ENTRIES} entry USING (
    SELECT id FROM {outbox_sql.ENTRIES}
    WHERE body ? 'redrive' AND body ->> 'redrive' = %(redrive)s
        AND claim IS NULL AND claimed_at IS NULL AND purpose = '{Purpose.SEND}'
    ORDER BY id FOR UPDATE
) met WHERE entry.id = met.id RETURNING entry.id
"""

# %(deliveries)s
LOCK_DELIVERIES = """
SELECT FROM notifications_delivery WHERE id = ANY(%(deliveries)s::uuid[]) ORDER BY id FOR UPDATE
"""

# %(redrive)s, %(deliveries)s
PUT_BACK = f"""
UPDATE notifications_delivery delivery SET
    status = taken.former_status, {", ".join(f"{name} = former.{name}" for name in FORMER)}
FROM delivery_redrivendelivery taken,
    jsonb_to_record(taken.former) AS former ({_FORMER_TYPES})
WHERE taken.redrive_id = %(redrive)s AND taken.delivery_id = ANY(%(deliveries)s::uuid[])
    AND delivery.id = taken.delivery_id AND delivery.status = '{Status.QUEUED}'
RETURNING delivery.id, delivery.notification_id
"""
OPEN_LETTERS = """
UPDATE delivery_deadletter letter SET redriven_at = NULL
FROM delivery_redrivendelivery taken
WHERE taken.redrive_id = %(redrive)s AND taken.delivery_id = ANY(%(deliveries)s::uuid[])
    AND letter.id = taken.dead_letter_id
"""
FORGET = """
DELETE FROM delivery_redrivendelivery
WHERE redrive_id = %(redrive)s AND delivery_id = ANY(%(deliveries)s::uuid[])
"""

# %(redrives)s: texts
WAITING = f"""
SELECT (body ->> 'redrive')::uuid, count(*) FROM {outbox_sql.ENTRIES}
WHERE body ? 'redrive' AND body ->> 'redrive' = ANY(%(redrives)s::text[]) GROUP BY 1
"""
# %(redrive)s
STATES = """
SELECT delivery.status, count(*) FROM delivery_redrivendelivery taken
JOIN notifications_delivery delivery ON delivery.id = taken.delivery_id
WHERE taken.redrive_id = %(redrive)s GROUP BY 1 ORDER BY 2 DESC, 1
"""
