"""How far a tenant or a key has come in the day and the month under way. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from tenants.limits import QUOTAS, Limits, Period, Quota

Counts = Mapping[str, int]  # by channel
FIRST = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What had been accepted by `now`, the database's clock in UTC, by period and channel."""

    now: datetime
    used: Mapping[Period, Counts]

    def of(self, quota: Quota) -> int:
        """How much of a quota is used."""
        return self.used[quota.period].get(quota.channel, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Used:
    """What was counted of one channel in the day or month under way; `name` is its quota's."""

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


def lines(limits: Limits, standing: Standing) -> tuple[Used, ...]:
    """Every channel's day and month; what counts notifications in all comes first."""
    own = {quota.name: quota.limit for quota in limits.quotas}
    return tuple(
        Used(
            name=name,
            channel=channel,
            period=period,
            used=standing.used[period].get(channel, 0),
            limit=own.get(name),
            opens_at=opens_at(period, standing.now),
        )
        for name, (channel, period) in QUOTAS.items()
    )


def opens_at(period: Period, now: datetime) -> datetime:
    """When a period ends, and its quotas are whole again."""
    today = now.astimezone(UTC).date()
    tomorrow = today + timedelta(days=1)
    next_month = (today.replace(day=FIRST) + timedelta(days=32)).replace(day=FIRST)
    day: date = tomorrow if period == Period.DAY else next_month
    return datetime.combine(day, time(), tzinfo=UTC)
