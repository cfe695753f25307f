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
    redrive_id, delivery_id, former_status, former, dead_letter_id, stopped
)
SELECT %s, taken.id, taken.status, to_jsonb(taken) - '{{id,status}}'::text[], letter.id, false
FROM ({candidates}) taken
LEFT JOIN LATERAL (
    SELECT id FROM delivery_deadletter
    WHERE delivery_id = taken.id AND redriven_at IS NULL ORDER BY id DESC LIMIT 1
) letter ON true
ORDER BY taken.id
"""

# %(redrive)s: which topics, channels and lanes there are, as they differ in patience.
KINDS = """
SELECT DISTINCT notification.topic, delivery.channel, delivery.lane
FROM delivery_redrivendelivery taken
JOIN notifications_delivery delivery ON delivery.id = taken.delivery_id
JOIN notifications_notification notification ON notification.id = delivery.notification_id
WHERE taken.redrive_id = %(redrive)s
"""

# %(redrive)s, %(account)s, %(now)s, %(gap)s: seconds between two, and %(topics)s, %(channels)s,
# %(lanes)s with their %(patience)s in seconds. After an unknown outcome the key for the provider
# stays the same, so that it may notice that it has the message already. The kinds are looked up
# row by row: joined, the planner takes them for so few that it reads all the others for each.
REQUEUE = f"""
WITH placed AS (
    SELECT taken.delivery_id, row_number() OVER (ORDER BY taken.delivery_id) - 1 AS place, (
        SELECT kind.patience FROM unnest(
            %(topics)s::text[], %(channels)s::text[], %(lanes)s::text[], %(patience)s::float8[]
        ) AS kind (topic, channel, lane, patience)
        WHERE kind.topic = notification.topic AND kind.channel = own.channel
            AND kind.lane = own.lane
    ) AS patience
    FROM delivery_redrivendelivery taken
    JOIN notifications_delivery own ON own.id = taken.delivery_id
    JOIN notifications_notification notification ON notification.id = own.notification_id
    WHERE taken.redrive_id = %(redrive)s
)
UPDATE notifications_delivery delivery SET
    redrives = delivery.redrives
        + CASE delivery.status WHEN '{Status.UNKNOWN}' THEN 0 ELSE 1 END,
    possibly_repeated = delivery.possibly_repeated OR delivery.status = '{Status.UNKNOWN}',
    status = '{Status.QUEUED}',
    deadline = %(now)s + make_interval(secs => placed.place * %(gap)s + placed.patience),
    wanted_account = %(account)s,
    settled_at = NULL, error_class = '', error_code = '', detail = ''
FROM placed WHERE delivery.id = placed.delivery_id
"""

# %(redrive)s, %(after)s: the last delivery of the page before, %(page)s
PAGE = """
SELECT delivery.id, delivery.channel, delivery.lane,
    coalesce(notification.recipient_id, notification.id)
FROM delivery_redrivendelivery taken
JOIN notifications_delivery delivery ON delivery.id = taken.delivery_id
JOIN notifications_notification notification ON notification.id = delivery.notification_id
WHERE taken.redrive_id = %(redrive)s AND taken.delivery_id > %(after)s
ORDER BY taken.delivery_id LIMIT %(page)s
"""

_TAKEN = """
FROM delivery_redrivendelivery taken
JOIN notifications_delivery delivery ON delivery.id = taken.delivery_id
WHERE taken.redrive_id = %(redrive)s AND taken.stopped = %(stopped)s
"""
# All of these take %(redrive)s and %(stopped)s: what a stop put back, or what it did not.
LOCK_DELIVERIES = f"SELECT {_TAKEN} ORDER BY delivery.id FOR UPDATE OF delivery"
# %(verb)s, %(actor)s
ACT = f"""
INSERT INTO notifications_action (id, notification_id, deliveries, verb, actor, created_at)
SELECT uuidv7(), delivery.notification_id, array_agg(delivery.id ORDER BY delivery.id), %(verb)s,
    %(actor)s, clock_timestamp()
{_TAKEN} GROUP BY delivery.notification_id
"""
LOCK_NOTIFICATIONS = f"""
SELECT FROM notifications_notification
WHERE id IN (SELECT delivery.notification_id {_TAKEN}) ORDER BY id FOR NO KEY UPDATE
"""
# What a redrive has put into the line leaves nothing to be computed: one open delivery is enough.
QUEUE = f"""
UPDATE notifications_notification SET status = '{Status.QUEUED}'
WHERE id IN (SELECT delivery.notification_id {_TAKEN}) AND status <> '{Status.QUEUED}'
"""
# %(precedence)s
RECOMPUTE = f"""
UPDATE notifications_notification notification SET status = told.status
FROM (
    SELECT others.notification_id, (%(precedence)s::text[])[
        min(array_position(%(precedence)s::text[], others.status::text))
    ] AS status
    FROM notifications_delivery others
    WHERE others.notification_id IN (SELECT delivery.notification_id {_TAKEN})
    GROUP BY 1
) told
WHERE notification.id = told.notification_id AND notification.status <> told.status
"""
# %(redrive)s
CLOSE_LETTERS = """
UPDATE delivery_deadletter letter SET redriven_at = clock_timestamp()
WHERE letter.redriven_at IS NULL AND letter.delivery_id IN (
    SELECT delivery_id FROM delivery_redrivendelivery WHERE redrive_id = %(redrive)s
)
"""
OPEN_LETTERS = f"""
UPDATE delivery_deadletter letter SET redriven_at = NULL
WHERE letter.id IN (SELECT taken.dead_letter_id {_TAKEN})
"""
# The state is not compared as it stands, lest the planner, which knows of no queued ones as yet,
# begins with all of them for each of these.
PUT_BACK = f"""
UPDATE notifications_delivery delivery SET
    status = taken.former_status, {", ".join(f"{name} = former.{name}" for name in FORMER)}
FROM delivery_redrivendelivery taken,
    jsonb_to_record(taken.former) AS former ({_FORMER_TYPES})
WHERE taken.redrive_id = %(redrive)s AND taken.stopped = %(stopped)s
    AND delivery.id = taken.delivery_id AND delivery.status || '' = '{Status.QUEUED}'
"""

# %(redrive)s and %(mark)s, the same as text. Taken out are those that no attempt was ever made of;
# what has begun ends by itself. Rows are found by arrays of ids: where the planner knows neither of
# these entries nor of a redrive that has just begun, it would join each of them with all others.
TAKE_OUT = f"""
WITH gone AS (
    DELETE FROM {outbox_sql.ENTRIES} entry WHERE entry.id = ANY(ARRAY(
        SELECT id FROM {outbox_sql.ENTRIES}
        WHERE body ? 'redrive' AND body ->> 'redrive' = %(mark)s
            AND claim IS NULL AND claimed_at IS NULL AND purpose = '{Purpose.SEND}'
        ORDER BY id FOR UPDATE
    )) RETURNING entry.id
), put_back AS (
    UPDATE delivery_redrivendelivery taken SET stopped = true
    WHERE taken.id = ANY(ARRAY(
        SELECT met.id FROM gone CROSS JOIN LATERAL (
            SELECT id FROM delivery_redrivendelivery
            WHERE redrive_id = %(redrive)s AND delivery_id = gone.id LIMIT 1
        ) met
    )) RETURNING 1
)
SELECT count(*) FROM put_back
"""

# %(redrives)s: texts
WAITING = f"""
SELECT (body ->> 'redrive')::uuid, count(*) FROM {outbox_sql.ENTRIES}
WHERE body ? 'redrive' AND body ->> 'redrive' = ANY(%(redrives)s::text[]) GROUP BY 1
"""
# %(redrive)s, %(stopped)s
STATES = f"SELECT delivery.status, count(*) {_TAKEN} GROUP BY 1 ORDER BY 2 DESC, 1"
