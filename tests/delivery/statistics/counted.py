"""The statistics as they are kept, and a count of the deliveries to compare them with."""

from collections import Counter
from datetime import UTC, datetime
from typing import Any

from django.db import connection

from delivery.statistics import reading
from delivery.statistics.latency import BOUNDS
from delivery.statistics.periods import Period, Step
from notifications.models import Delivery
from tenants.context import in_tenant
from tenants.identity import TenantIdentity

EVER = Period(
    start=datetime(2000, 1, 1, tzinfo=UTC), end=datetime(2100, 1, 1, tzinfo=UTC), step=Step.HOUR
)
Counts = Counter[tuple[Any, ...]]


def kept(tenant: TenantIdentity, mode: str = "live") -> Counts:
    """What the statistics say: so many of each hour, channel, provider, state, class, bucket."""
    with in_tenant(tenant):
        return Counter({row[:-1]: row.deliveries for row in reading.counts(mode, EVER)})


def counted(tenant: TenantIdentity, mode: str = "live") -> Counts:
    """What a scan of the deliveries says."""
    with in_tenant(tenant):
        rows = Delivery.objects.filter(mode=mode).select_related("notification")
        return Counter(map(_place, rows))


def changes(tenant: TenantIdentity) -> int:
    """How many changes are not folded yet."""
    with in_tenant(tenant), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM delivery_tallychange")
        return int(cursor.fetchone()[0])


def _place(row: Delivery) -> tuple[Any, ...]:
    hour = row.created_at.replace(minute=0, second=0, microsecond=0)
    return (hour, row.channel, row.provider, row.status, row.error_class, _bucket(row))


def _bucket(row: Delivery) -> int:
    if row.status not in ("sent", "delivered") or row.settled_at is None:
        return -1
    due = max(row.created_at, row.notification.send_at or row.created_at)
    seconds = (row.settled_at - due).total_seconds()
    return sum(seconds >= bound for bound in BOUNDS)
