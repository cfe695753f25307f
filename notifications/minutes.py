"""How many deliveries of a channel a tenant may ask for in any minute.

Only a plan tells which channels a request uses, so this is asked in the transaction that accepts.
What that transaction undoes afterwards has been counted all the same; the limit is never exceeded.
"""

from collections.abc import Mapping
from math import ceil, inf

from notifications.values import Refused
from signalbus.core import windows
from signalbus.core.limiter import Limit, Verdict
from signalbus.core.metrics import HTTP_RATE_LIMIT_REJECTIONS, RATELIMIT_DECISIONS
from tenants.identity import TenantIdentity
from tenants.limits import RateLimit

NOTIFICATIONS = "notifications"  # in metrics


def refusal(tenant: TenantIdentity, mode: str, need: Mapping[str, int]) -> Refused | None:
    """Count deliveries by channel. What is said where not all may pass now; then none is counted.

    Each mode has the same limits and is counted by itself.
    """
    asked = [
        (_limit(tenant, mode, rate), need[rate.channel])
        for rate in tenant.limits.channels
        if need.get(rate.channel)
    ]
    if not asked:
        return None
    verdict = windows.allow(asked)
    RATELIMIT_DECISIONS.labels(NOTIFICATIONS, "allowed" if verdict.allowed else "refused").inc()
    if verdict.allowed:
        return None
    HTTP_RATE_LIMIT_REJECTIONS.labels(NOTIFICATIONS).inc()
    return _refused(verdict)


def _limit(tenant: TenantIdentity, mode: str, rate: RateLimit) -> Limit:
    key = f"{rate.channel}.{tenant.id}.{mode}"
    return Limit(key=key, per_second=rate.number / rate.seconds, burst=rate.number)


def _refused(verdict: Verdict) -> Refused:
    limit = verdict.limit
    assert limit is not None
    channel = limit.key.partition(".")[0]
    detail = f"The tenant's limit of {limit.burst} {channel} deliveries per minute is reached."
    wait = verdict.retry_after
    if wait == inf:
        wait = limit.burst / limit.per_second
        detail += f" At most {limit.burst} pass at once: send fewer."
    return Refused(
        kind="rate-limited", detail=detail, headers={"Retry-After": str(max(1, ceil(wait)))}
    )
