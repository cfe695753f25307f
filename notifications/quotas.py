"""Quotas: what may still be accepted, and what is said where no more may. Pure."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from math import ceil

from notifications.values import Refused, Value
from tenants.limits import Period, Quota

Counts = Mapping[str, int]  # by channel
WARNING_SHARE = 0.8
FIRST = 1


class Standing(Value, frozen=True, kw_only=True):
    """What had been accepted by `now`, the database's clock in UTC, by period and channel."""

    now: datetime
    used: Mapping[Period, Counts]

    def of(self, quota: Quota) -> int:
        """How much of a quota is used."""
        return self.used[quota.period].get(quota.channel, 0)


def exceeded(
    quotas: Sequence[Quota], standing: Standing, added: Counts, need: Counts
) -> list[Quota]:
    """The quotas that have no room for `need` besides what was `added` since the standing."""
    return [
        quota
        for quota in quotas
        if need.get(quota.channel)
        and standing.of(quota) + added.get(quota.channel, 0) + need[quota.channel] > quota.limit
    ]


def refusal(over: Sequence[Quota], standing: Standing, added: Counts, need: Counts) -> Refused:
    """What is said where quotas have no room; of several, the one that opens last is named."""
    quota = max(over, key=lambda each: opens_at(each.period, standing.now))
    opens = opens_at(quota.period, standing.now)
    used = standing.of(quota) + added.get(quota.channel, 0)
    return Refused(
        kind="quota-exceeded",
        detail=_detail(quota, used, need[quota.channel], opens),
        headers={"Retry-After": str(ceil((opens - standing.now).total_seconds()))},
        extra={"quota": quota.name, "limit": quota.limit, "used": used, "opens_at": opens},
    )


def opens_at(period: Period, now: datetime) -> datetime:
    """When a period ends, and its quotas are whole again."""
    today = now.astimezone(UTC).date()
    tomorrow = today + timedelta(days=1)
    next_month = (today.replace(day=FIRST) + timedelta(days=32)).replace(day=FIRST)
    day: date = tomorrow if period == Period.DAY else next_month
    return datetime.combine(day, time(), tzinfo=UTC)


def reached(limit: int | None, used: int) -> float:
    """The threshold that such a use has reached: none (0), the warning's share, or all (1)."""
    if not limit or used < limit * WARNING_SHARE:
        return 0.0
    return WARNING_SHARE if used < limit else 1.0


def told(quota: Quota, share: float, now: datetime) -> str:
    """The sentence of a notice."""
    opens = _written(opens_at(quota.period, now))
    if share < 1:
        return (
            f"{share:.0%} of {quota.name}, which is {quota.limit}, are used; whole again {opens}."
        )
    return f"{quota.name}, which is {quota.limit}, is used up: more is refused until {opens}."


def told_of_refusal(quota: Quota, share: float, now: datetime) -> str:
    """The sentence of a notice where a batch was refused; the same for all that are."""
    if share == 1:
        return told(quota, share, now)
    opens = _written(opens_at(quota.period, now))
    return (
        f"A batch did not fit {quota.name}, which is {quota.limit}, and was refused as a whole; "
        f"smaller ones may still fit. Whole again {opens}."
    )


def _detail(quota: Quota, used: int, need: int, opens: datetime) -> str:
    standing = f"{used} of {quota.limit} are used of the quota {quota.name}"
    if need > quota.limit:
        return f"{standing}, and the request needs {need}: it never fits. Send it in smaller parts."
    if used < quota.limit:
        return (
            f"{standing}, and the request needs {need}; nothing of it was accepted. Ask for at "
            f"most {quota.limit - used}, or again after {_written(opens)}."
        )
    return f"{standing}. It opens again at {_written(opens)}."


def _written(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
