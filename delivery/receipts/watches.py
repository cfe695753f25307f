"""What waits for the receipt of a delivery, once that has come."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from django.db import connection, transaction

from notifications.states import Status
from signalbus.bus import outbox_sql
from signalbus.bus.purposes import Purpose
from signalbus.core.redis import hint

# A good receipt ends the watch; after a bad one its time has come. One that is locked, or already
# on its way, is being handled: then the delivery tells the same.
TOLD = f"""
WITH met AS (
    SELECT entry.id, told.good FROM {outbox_sql.ENTRIES} entry
    JOIN unnest(%(deliveries)s::uuid[], %(goods)s::bool[]) AS told (delivery, good)
        ON told.delivery = entry.delivery
    WHERE entry.purpose = '{Purpose.WATCH}' AND entry.delivery = ANY(%(deliveries)s::uuid[])
        AND NOT entry.published
    ORDER BY entry.id FOR UPDATE OF entry SKIP LOCKED
), ended AS (
    DELETE FROM {outbox_sql.ENTRIES} entry USING met WHERE entry.id = met.id AND met.good
)
UPDATE {outbox_sql.ENTRIES} entry SET available_at = {outbox_sql.CLOCK}
FROM met WHERE entry.id = met.id AND NOT met.good
RETURNING entry.stream
"""  # noqa: S608 - constants


def told(moved: Sequence[tuple[Any, ...]]) -> None:
    """End, or hasten, the watches of deliveries that receipts have moved; the rows are those of
    sql.MOVED. In the current transaction."""
    if not moved:
        return
    given = {
        "deliveries": [row[0] for row in moved],
        "goods": [row[4] == Status.DELIVERED for row in moved],
    }
    with connection.cursor() as cursor:
        cursor.execute(TOLD, given)
        for stream in {row[0] for row in cursor.fetchall()}:
            transaction.on_commit(partial(hint, stream))
