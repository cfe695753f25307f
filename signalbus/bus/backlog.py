"""Metrics of the line: how much is due, for how long, and how old the oldest transaction is.

A transaction that stays open keeps PostgreSQL from removing the line's dead rows: the older it is,
the slower every look gets, so its age belongs to the backlog's figures.
"""

import time

from django.db import connection
from prometheus_client import Gauge

from signalbus.bus.lines_sql import IN_FORCE
from signalbus.bus.outbox_sql import ENTRIES
from signalbus.bus.streams import STREAMS
from signalbus.core.metrics import (
    OUTBOX_DUE,
    OUTBOX_OLDEST_DUE_SECONDS,
    PREFIX,
    stream_labels,
)

EVERY_SECONDS = 5.0
COST_FACTOR = 100.0  # counting may take a hundredth of the time

OLDEST_TRANSACTION_SECONDS = Gauge(
    "oldest_transaction_seconds",
    "Age of the database's oldest open transaction.",
    namespace=PREFIX,
    multiprocess_mode="livemax",
)

# A line that is paused counts as due, but does not raise the alarm of the oldest entry.
_DUE = f"""
SELECT entry.stream, sum(entry.entries)::bigint, coalesce(extract(epoch FROM statement_timestamp() -
    min(entry.available_at) FILTER (WHERE pause.tenant_id IS NULL)), 0)::float8
FROM (
    SELECT stream, tenant_id, count(*) AS entries, min(available_at) AS available_at
    FROM {ENTRIES} WHERE available_at <= statement_timestamp() GROUP BY stream, tenant_id
) entry
LEFT JOIN LATERAL (
    SELECT tenant_id FROM public.bus_linepause pause
    WHERE pause.tenant_id = entry.tenant_id AND pause.stream IN (entry.stream, '') AND {IN_FORCE}
    LIMIT 1
) pause ON true
GROUP BY entry.stream
"""  # noqa: S608 - a constant
_OLDEST_TRANSACTION = """
SELECT coalesce(max(extract(epoch FROM clock_timestamp() - xact_start)), 0)::float8
FROM pg_stat_activity
WHERE datname = current_database() AND backend_type = 'client backend' AND xact_start IS NOT NULL
"""


class Backlog:
    """Measures every few seconds; seldom where counting takes long."""

    def __init__(self) -> None:
        self._next = 0.0

    def measure(self) -> None:
        """Set the metrics, if it is time."""
        began = time.monotonic()
        if began < self._next:
            return
        _set_due(due())
        with connection.cursor() as cursor:
            cursor.execute(_OLDEST_TRANSACTION)
            OLDEST_TRANSACTION_SECONDS.set(cursor.fetchone()[0])
        ended = time.monotonic()
        self._next = ended + max(EVERY_SECONDS, COST_FACTOR * (ended - began))


def due() -> dict[str, tuple[int, float]]:
    """By stream: how many entries are due, and the age in seconds of the oldest not paused."""
    with connection.cursor() as cursor:
        cursor.execute(_DUE)
        return {stream: (count, age) for stream, count, age in cursor.fetchall()}


def _set_due(figures: dict[str, tuple[int, float]]) -> None:
    for stream in STREAMS:
        count, age = figures.get(stream, (0, 0.0))
        OUTBOX_DUE.labels(*stream_labels(stream)).set(count)
        OUTBOX_OLDEST_DUE_SECONDS.labels(*stream_labels(stream)).set(age)
