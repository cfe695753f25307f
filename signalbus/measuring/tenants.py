"""Metrics of the tenants: how many there are, and whose backlog is the largest.

Only twenty of them are told by name, so that their number bounds the time series.
"""

import time
from collections.abc import Sequence
from datetime import datetime

from django.db.models import Count, Min

from signalbus.bus.models import OutboxEntry
from signalbus.core.metrics import (
    TENANT_OUTBOX_DUE,
    TENANT_OUTBOX_OLDEST_DUE_SECONDS,
    TENANTS,
    TENANTS_MEASURED_TIMESTAMP_SECONDS,
)
from tenants.models import State, Tenant

MOST = 20


def measure(now: datetime) -> None:
    """Set the metrics."""
    _count()
    _tell(_backlogs(now), now)
    TENANTS_MEASURED_TIMESTAMP_SECONDS.set(time.time())


def _count() -> None:
    found = dict(Tenant.objects.values_list("state").annotate(Count("id")))
    for state in State.values:
        TENANTS.labels(state).set(found.get(state, 0))


def _backlogs(now: datetime) -> Sequence[tuple[int, int, datetime]]:
    """Tenant, entries that are due, and since when the oldest is; the largest backlogs first."""
    due = OutboxEntry.objects.filter(available_at__lte=now).order_by().values_list("tenant_id")
    counted = due.annotate(entries=Count("id"), oldest=Min("available_at"))
    return list(counted.order_by("-entries")[:MOST])


def _tell(backlogs: Sequence[tuple[int, int, datetime]], now: datetime) -> None:
    TENANT_OUTBOX_DUE.clear()
    TENANT_OUTBOX_OLDEST_DUE_SECONDS.clear()
    names = Tenant.objects.in_bulk([tenant for tenant, _, _ in backlogs])
    for tenant, entries, oldest in backlogs:
        name = str(names[tenant]) if tenant in names else "deleted"
        TENANT_OUTBOX_DUE.labels(name).set(entries)
        TENANT_OUTBOX_OLDEST_DUE_SECONDS.labels(name).set((now - oldest).total_seconds())
