"""What a tenant has used and may still use, for the API and the console."""

from datetime import datetime

from notifications import quotas, usage
from notifications.values import Value
from tenants.identity import TenantIdentity
from tenants.limits import QUOTAS, Period


class Used(Value, frozen=True, kw_only=True):
    """What was counted of one channel in the day or month under way."""

    name: str
    channel: str
    period: Period
    used: int
    limit: int | None
    opens_at: datetime

    @property
    def remaining(self) -> int | None:
        """What is left; None without a quota."""
        return None if self.limit is None else max(self.limit - self.used, 0)


class Report(Value, frozen=True, kw_only=True):
    """The usage of a mode, by the database's clock."""

    at: datetime
    lines: tuple[Used, ...]


def report(tenant: TenantIdentity, mode: str) -> Report:
    """Every channel's day and month; what counts notifications in all comes first."""
    standing = usage.read(mode)
    limits = {quota.name: quota.limit for quota in tenant.limits.quotas}
    lines = [
        Used(
            name=name,
            channel=channel,
            period=period,
            used=standing.used[period].get(channel, 0),
            limit=limits.get(name),
            opens_at=quotas.opens_at(period, standing.now),
        )
        for name, (channel, period) in QUOTAS.items()
    ]
    return Report(at=standing.now, lines=tuple(lines))
