"""What many tenants were accepted live this month, read in one round trip."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from signalbus.core.logs import get_logger
from signalbus.core.modes import LIVE
from tenants.identity import TenantIdentity
from tenants.limits import ALL_CHANNELS
from tenants.schemas import TenantWork, compose, run_for_tenants

MONTH = """
SELECT channel, sum(count)::bigint FROM {schema}.notifications_usage
WHERE mode = %(mode)s
    AND day >= date_trunc('month', clock_timestamp() AT TIME ZONE 'UTC')::date
GROUP BY channel
"""
VALUES = {"mode": LIVE}

log = get_logger(__name__)
Rows = Sequence[Sequence[Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """What was accepted since the month of UTC began: notifications, and deliveries by channel."""

    notifications: int
    deliveries: Mapping[str, int]


def months(tenants: Sequence[TenantIdentity]) -> dict[int, Month | None]:
    """Each tenant's month; None where it could not be read, which harms no other's."""
    if connection.in_atomic_block:
        return {tenant.id: _month(_rows(tenant.schema)) for tenant in tenants}
    answers = run_for_tenants([TenantWork(each.schema, [(MONTH, VALUES)]) for each in tenants])
    return {
        tenant.id: _read(tenant, answer) for tenant, answer in zip(tenants, answers, strict=True)
    }


def _rows(schema: str) -> Rows:
    """In a transaction there is no other way than one after the other."""
    with connection.cursor() as cursor:
        cursor.execute(compose(MONTH, schema), VALUES)
        rows: Rows = cursor.fetchall()
    return rows


def _read(tenant: TenantIdentity, answer: Any) -> Month | None:
    if isinstance(answer, Exception):
        log.warning("usage.unread", tenant=tenant.name, error=str(answer))
        return None
    return _month(answer[0])


def _month(rows: Rows) -> Month:
    counts = {channel: int(count) for channel, count in rows}
    return Month(notifications=counts.pop(ALL_CHANNELS, 0), deliveries=counts)
