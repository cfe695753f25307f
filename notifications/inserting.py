"""Rows written: one statement for each table, whatever their number."""

from collections.abc import Sequence

from notifications import database
from notifications.rows import Origin, Written
from signalbus.bus import outbox

NOTIFICATIONS = """
INSERT INTO notifications_notification (id, topic, status, priority, recipient_id, recipient_ref,
    correlation_id, locale, data, content, trace_id, send_at, expires_at, mode, batch_id,
    created_at)
SELECT row.*, %(mode)s, %(batch)s, %(now)s
FROM json_to_recordset(%(rows)s::json) AS row (id uuid, topic text, status text, priority text,
    recipient_id uuid, recipient_ref text, correlation_id text, locale text, data jsonb,
    content jsonb, trace_id text, send_at timestamptz, expires_at timestamptz)
"""
DELIVERIES = """
INSERT INTO notifications_delivery (id, notification_id, channel, lane, status, reason, address,
    template_version_id, locale, deadline, settled_at, mode, created_at, attempts, redrives,
    possibly_repeated, provider, reference, error_class, error_code, detail)
SELECT row.*, %(mode)s, %(now)s, 0, 0, false, '', '', '', '', ''
FROM json_to_recordset(%(rows)s::json) AS row (id uuid, notification_id uuid, channel text,
    lane text, status text, reason text, address text, template_version_id uuid, locale text,
    deadline timestamptz, settled_at timestamptz)
"""


def insert(written: Sequence[Written], origin: Origin) -> None:
    """Write the rows, and put what is to be sent into the line."""
    shared = {"mode": origin.mode, "batch": origin.batch, "now": origin.now}
    notifications = [each.notification for each in written]
    deliveries = [row for each in written for row in each.deliveries]
    if notifications:
        database.run(NOTIFICATIONS, {**shared, "rows": database.recordset(notifications)})
    if deliveries:
        database.run(DELIVERIES, {**shared, "rows": database.recordset(deliveries)})
    outbox.publish([entry for each in written for entry in each.entries])
