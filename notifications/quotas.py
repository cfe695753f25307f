"""Quotas: what may still be accepted, and what is said where no more may. Pure."""

from collections.abc import Sequence
from datetime import datetime
from math import ceil

from notifications.values import Refused, Value
from tenants.limits import Quota
from tenants.standing import Counts, Standing, opens_at

WARNING_SHARE = 0.8
# Who may raise a quota, by whose it is, and where.
RAISED_BY = {
    "tenant": "the platform's operators can raise it, on the tenant's page of their console",
    "key": "the tenant's operators can raise it, on the key's page of their console",
}


class Shortage(Value, frozen=True, kw_only=True):
    """A quota that has no room: `whose` it is (tenant, key), what is used, and what is needed."""

    whose: str
    quota: Quota
    used: int
    need: int


def shortages(
    whose: str, quotas: Sequence[Quota], standing: Standing, added: Counts, need: Counts
) -> list[Shortage]:
    """The quotas that have no room for `need` besides what was `added` since the standing."""
    found = [
        Shortage(
            whose=whose,
            quota=quota,
            used=standing.of(quota) + added.get(quota.channel, 0),
            need=need[quota.channel],
        )
        for quota in quotas
        if need.get(quota.channel)
    ]
    return [each for each in found if each.used + each.need > each.quota.limit]


def refusal(short: Sequence[Shortage], now: datetime) -> Refused:
    """What is said where quotas have no room.

    Of several the one that opens last is named, and of those the one with the least room. One of 0
    never opens, so it comes first; whoever asks again all the same is to wait as long as else.
    """
    shortage = max(short, key=lambda each: _hardness(each, now))
    quota = shortage.quota
    opens = opens_at(quota.period, now)
    told = {"quota": quota.name, "of": shortage.whose, "limit": quota.limit, "used": shortage.used}
    again = {"opens_at": opens} if quota.limit else {}
    return Refused(
        kind="quota-exceeded",
        detail=_detail(shortage, opens),
        headers={"Retry-After": str(ceil((opens - now).total_seconds()))},
        extra={**told, **again},
    )


def reached(limit: int | None, used: int) -> float:
    """The threshold that such a use has reached: none (0), the warning's share, or all (1)."""
    if not limit or used < limit * WARNING_SHARE:
        return 0.0
    return WARNING_SHARE if used < limit else 1.0


def told(quota: Quota, owner: str, share: float, now: datetime) -> str:
    """The sentence of a notice; the `owner` is named where it is not the tenant."""
    opens = _written(opens_at(quota.period, now))
    name = f"{quota.name}{owner}, which is {quota.limit},"
    if share < 1:
        return f"{share:.0%} of {name} are used; whole again {opens}."
    return f"{name} is used up: more is refused until {opens}."


def told_of_refusal(quota: Quota, owner: str, share: float, now: datetime) -> str:
    """The sentence of a notice where a batch was refused; the same for all that are."""
    if share == 1:
        return told(quota, owner, share, now)
    opens = _written(opens_at(quota.period, now))
    return (
        f"A batch did not fit {quota.name}{owner}, which is {quota.limit}, and was refused as a "
        f"whole; smaller ones may still fit. Whole again {opens}."
    )


def _hardness(shortage: Shortage, now: datetime) -> tuple[bool, datetime, int]:
    quota = shortage.quota
    return not quota.limit, opens_at(quota.period, now), shortage.used - quota.limit


def _detail(shortage: Shortage, opens: datetime) -> str:
    quota, used, need = shortage.quota, shortage.used, shortage.need
    name = f"the {shortage.whose}'s quota {quota.name}"
    if not quota.limit:
        return f"T{name[1:]} is 0: it allows none. Only {RAISED_BY[shortage.whose]}."
    standing = f"{used} of {quota.limit} are used of {name}"
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
