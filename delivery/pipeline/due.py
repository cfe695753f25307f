"""Whether anything is left to do at this moment; for `--drain`."""

from collections.abc import Sequence

from django.db import connection

from signalbus.bus.lines_sql import HOLDS
from signalbus.bus.outbox_sql import ENTRIES

LEFT = f"""
SELECT EXISTS (
    SELECT FROM {ENTRIES} entry
    WHERE stream = ANY(%(streams)s) AND (published OR available_at <= clock_timestamp())
        AND NOT EXISTS (
            SELECT FROM public.bus_linepause pause
            WHERE pause.tenant_id = entry.tenant_id AND pause.stream IN (entry.stream, '')
                AND {HOLDS}
        )
)
"""  # noqa: S608 - a constant


def nothing_due(streams: Sequence[str]) -> bool:
    """No entry of these streams is published or due, but for those of lines that stand still."""
    with connection.cursor() as cursor:
        cursor.execute(LEFT, {"streams": list(streams)})
        return not cursor.fetchone()[0]
