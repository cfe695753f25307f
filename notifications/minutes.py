"""How many deliveries of a channel a tenant, or a key, may ask for in any minute.

Only a plan tells which channels a request uses, so this is asked in the transaction that accepts.
What that transaction undoes afterwards has been counted all the same; the limit is never exceeded.
"""

from collections.abc import Mapping
from math import ceil, inf

from notifications.values import Refused
from signalbus.core import windows
from signalbus.core.limiter import Limit, Verdict
from signalbus.core.metrics import HTTP_RATE_LIMIT_REJECTIONS, RATELIMIT_DECISIONS
from tenants.identity import KeyIdentity, TenantIdentity
from tenants.limits import Limits, RateLimit, Subject

Asked = list[tuple[Limit, int]]

NOTIFICATIONS = "notifications"  # in metrics


def of_tenant(tenant: TenantIdentity, mode: str, need: Mapping[str, int]) -> Asked:
    """What is asked of the tenant's minutes; each mode is counted by itself."""
    return _asked(Subject.TENANT, f"{tenant.id}.{mode}", tenant.limits, need)


def of_key(key: KeyIdentity, need: Mapping[str, int]) -> Asked:
    """What is asked of a key's own minutes."""
    return _asked(Subject.KEY, str(key.id), key.limits, need)


def refusal(asked: Asked) -> Refused | None:
    """Count deliveries by channel. What is said where not all may pass; then none is counted."""
    if not asked:
        return None
    verdict = windows.allow(asked)
    RATELIMIT_DECISIONS.labels(NOTIFICATIONS, "allowed" if verdict.allowed else "refused").inc()
    if verdict.allowed:
        return None
    HTTP_RATE_LIMIT_REJECTIONS.labels(NOTIFICATIONS).inc()
    return _refused(verdict)


def _asked(whose: Subject, owner: str, limits: Limits, need: Mapping[str, int]) -> Asked:
    return [
        (_limit(f"{whose}-{rate.channel}.{owner}", rate), need[rate.channel])
        for rate in limits.channels
        if need.get(rate.channel)
    ]


def _limit(key: str, rate: RateLimit) -> Limit:
    return Limit(key=key, per_second=rate.number / rate.seconds, burst=rate.number)


def _refused(verdict: Verdict) -> Refused:
    limit = verdict.limit
    assert limit is not None
    whose, _, channel = limit.key.partition(".")[0].partition("-")
    detail = f"The {whose}'s limit of {limit.burst} {channel} deliveries per minute is reached."
    wait = verdict.retry_after
    if wait == inf:
        wait = limit.burst / limit.per_second
        detail += f" At most {limit.burst} pass at once: send fewer."
    return Refused(
        kind="rate-limited", detail=detail, headers={"Retry-After": str(max(1, ceil(wait)))}
    )
