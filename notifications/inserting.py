"""Rows written: one statement for what is the tenant's, one for the line, whatever their number."""

from collections.abc import Sequence

from notifications import database
from notifications.rows import Origin, Written
from signalbus.bus import outbox

# Both tables in one round trip, during which the thread would have to wait for its turn again.
INSERT = """
WITH notified AS (
    INSERT INTO notifications_notification (id, topic, status, priority, recipient_id,
        recipient_ref, correlation_id, locale, data, content, trace_id, send_at, expires_at, mode,
        batch_id, created_at)
    SELECT row.*, %(mode)s, %(batch)s, %(now)s
    FROM json_to_recordset(%(notifications)s::json) AS row (id uuid, topic text, status text,
        priority text, recipient_id uuid, recipient_ref text, correlation_id text, locale text,
        data jsonb, content jsonb, trace_id text, send_at timestamptz, expires_at timestamptz)
)
INSERT INTO notifications_delivery (id, notification_id, channel, lane, status, reason, address,
    template_version_id, locale, deadline, settled_at, detail, mode, created_at, attempts,
    redrives, possibly_repeated, provider, reference, error_class, error_code)
SELECT row.*, %(mode)s, %(now)s, 0, 0, false, '', '', '', ''
FROM json_to_recordset(%(deliveries)s::json) AS row (id uuid, notification_id uuid, channel text,
    lane text, status text, reason text, address text, template_version_id uuid, locale text,
    deadline timestamptz, settled_at timestamptz, detail text)
"""


def insert(written: Sequence[Written], origin: Origin) -> None:
    """Write the rows, and put what is to be sent into the line."""
    if not written:
        return
    parameters = {
        "mode": origin.mode,
        "batch": origin.batch,
        "now": origin.now,
        "notifications": database.recordset(each.notification for each in written),
        "deliveries": database.recordset(row for each in written for row in each.deliveries),
    }
    database.run(INSERT, parameters)
    outbox.publish([entry for each in written for entry in each.entries])
