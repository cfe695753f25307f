"""The one way in which entries go: when they are older than they are kept."""

from datetime import datetime
from typing import Any

from auditlog.models import LogEntry
from django.db import connection, transaction
from django.db.models import QuerySet

PAGE = 5000  # rows deleted by one statement, so that none holds its locks for long
UNTIL = "SELECT set_config('signalbus.audit_retention', %s, true)"  # for this transaction


def purge(before: datetime) -> int:
    """Delete the current schema's entries from before that moment; how many those were."""
    old = LogEntry.objects.filter(timestamp__lt=before).order_by().values("pk")[:PAGE]
    purged = 0
    while page := _purge(LogEntry.objects.filter(pk__in=old), before):
        purged += page
    return purged


@transaction.atomic
def _purge(rows: QuerySet[Any], before: datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute(UNTIL, [before.isoformat()])
    return int(rows.delete()[0])
