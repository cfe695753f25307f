"""The metric of quotas: which tenants are nearest to the end of a day's or a month's.

Only twenty of them are told by name, so that their number bounds the time series. A quota of none
is no quota that fills, and is left out.
"""

from collections.abc import Iterator, Sequence
from heapq import nlargest
from itertools import islice

from notifications import usage
from signalbus.core.logs import get_logger
from signalbus.core.metrics import QUOTA_USED_RATIO
from tenants.identity import TenantIdentity, identity_of
from tenants.key_usage import standing_of
from tenants.limits import Period
from tenants.models import Mode, Tenant
from tenants.schemas import TenantWork, run_for_tenants
from tenants.standing import Standing

MOST = 20
TENANTS = 500  # asked in one round trip

Shares = dict[Period, float]

log = get_logger(__name__)


def measure() -> None:
    """Set the metric."""
    told = nlargest(MOST, _all(), key=lambda each: max(each[1].values()))
    QUOTA_USED_RATIO.clear()
    for tenant, shares in told:
        for period, share in shares.items():
            QUOTA_USED_RATIO.labels(tenant.name, period.value).set(share)


def _all() -> Iterator[tuple[TenantIdentity, Shares]]:
    limited = (each for each in map(identity_of, Tenant.objects.served()) if _periods(each))
    while some := list(islice(limited, TENANTS)):
        yield from _asked(some)


def _asked(tenants: Sequence[TenantIdentity]) -> Iterator[tuple[TenantIdentity, Shares]]:
    asked = [TenantWork(each.schema, [usage.reading(Mode.LIVE)]) for each in tenants]
    for tenant, answer in zip(tenants, run_for_tenants(asked), strict=True):
        if isinstance(answer, Exception):
            log.error("quotas.unread", tenant=tenant.name, exc_info=answer)
        else:
            yield tenant, _shares(tenant, standing_of(answer[0], None))


def _shares(tenant: TenantIdentity, standing: Standing) -> Shares:
    return {period: _fullest(tenant, period, standing) for period in _periods(tenant)}


def _fullest(tenant: TenantIdentity, period: Period, standing: Standing) -> float:
    """The share used of a period's fullest quota, whatever its channel."""
    quotas = [each for each in tenant.limits.quotas if each.period == period and each.limit]
    return max(standing.of(each) / each.limit for each in quotas)


def _periods(tenant: TenantIdentity) -> list[Period]:
    held = {quota.period for quota in tenant.limits.quotas if quota.limit}
    return [period for period in Period if period in held]
