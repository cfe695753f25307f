"""A notification's status, computed anew from its deliveries by everything that settles some.

The notifications are locked first, in the order of their ids, and counted in a later statement of
the same transaction: whoever settles another delivery at this moment then waits, and sees what the
one before wrote.
"""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import connection

from notifications.states import PRECEDENCE

SCHEMA = "{schema}."  # replaced by the quoted schema where many tenants' statements go out at once

LOCK = """
SELECT id FROM {schema}.notifications_notification
WHERE id = ANY(%(notifications)s::uuid[]) ORDER BY id FOR NO KEY UPDATE
"""
RECOMPUTE = """
UPDATE {schema}.notifications_notification n SET status = told.status
FROM (
    SELECT notification_id,
        (%(precedence)s::text[])[min(array_position(%(precedence)s::text[], status::text))]
        AS status
    FROM {schema}.notifications_delivery
    WHERE notification_id = ANY(%(notifications)s::uuid[])
    GROUP BY notification_id
) AS told
WHERE n.id = told.notification_id AND n.id = ANY(%(notifications)s::uuid[])
    AND n.status <> told.status
"""

Statement = tuple[str, dict[str, Any]]


def statements(notifications: Iterable[UUID]) -> list[Statement]:
    """The statements for tenants.schemas.run_for_tenants, in this order."""
    ids = sorted(set(notifications))
    precedence = [status.value for status in PRECEDENCE]
    return [
        (LOCK, {"notifications": ids}),
        (RECOMPUTE, {"notifications": ids, "precedence": precedence}),
    ]


def recompute(notifications: Iterable[UUID]) -> None:
    """The same in the current tenant's schema, inside the transaction under way."""
    with connection.cursor() as cursor:
        for text, parameters in statements(notifications):
            cursor.execute(text.replace(SCHEMA, ""), parameters)
