"""Receipts in the trace of the request that they answer, though they come in by another one."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.db import connection

from signalbus.core import tracing
from tenants import schemas

_TRACES = "SELECT id, trace_id FROM {schema}.notifications_notification WHERE id = ANY(%(ids)s)"


def of_notifications(schema: str, ids: Iterable[UUID]) -> dict[UUID, str]:
    """The trace ids of the requests that asked for the notifications."""
    with connection.cursor() as cursor:
        cursor.execute(schemas.compose(_TRACES, schema), {"ids": sorted(set(ids))})
        return dict(cursor.fetchall())


@contextmanager
def told(trace_id: str, row: Sequence[Any]) -> Iterator[None]:
    """A span of that trace, which says what a receipt made of a delivery."""
    delivery, _notification, channel, lane, status = row[:5]
    given = {"delivery": str(delivery), "channel": channel, "lane": lane, "status": status}
    with tracing.span("receipt", parent=tracing.continued(trace_id), **given):
        yield
