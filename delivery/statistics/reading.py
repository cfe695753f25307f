"""Figures of the current tenant, exact as of the moment they are read.

A delivery counts where it was made, with what has become of it since: what failed an hour ago and
is sent now has moved from failed to sent in that hour.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import itemgetter
from typing import Any, TypeVar

from django.conf import settings
from django.db import connection

from delivery.statistics import sql
from delivery.statistics.figures import UNSUCCESSFUL, Count, Figures, most_frequent
from delivery.statistics.periods import Kept, Period
from notifications.status_sql import SCHEMA

K = TypeVar("K")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What came of the deliveries of an hour or a day on a channel and by a provider.

    `provider` is empty of those that no provider was called for.
    """

    begins: datetime
    channel: str
    provider: str
    figures: Figures


@dataclass(frozen=True, slots=True, kw_only=True)
class Failures:
    """So many deliveries on a channel that ended badly, and why; `provider` may be empty."""

    channel: str
    provider: str
    status: str
    error_class: str
    count: int


def kept() -> Kept:
    """How long the installation keeps statistics."""
    return Kept(
        hours=timedelta(days=settings.STATISTICS_HOURS_DAYS),
        days=timedelta(days=settings.STATISTICS_DAYS),
    )


def counts(
    mode: str, period: Period, *, channel: str | None = None, provider: str | None = None
) -> list[Count]:
    """All there is to know of the period's deliveries, by one statement; in no order."""
    values: dict[str, Any] = {
        "mode": mode,
        "start": period.start,
        "end": period.end,
        "step": period.step.length,
        "channel": channel,
        "provider": provider,
    }
    with connection.cursor() as cursor:
        cursor.execute(sql.READ.replace(SCHEMA, ""), values)
        return [Count(*row) for row in cursor.fetchall()]


def grouped(found: Iterable[Count], key: Callable[[Count], K]) -> dict[K, Figures]:
    """The figures of counts with the same key."""
    made: dict[K, Figures] = defaultdict(Figures)
    for count in found:
        made[key(count)].add(count)
    return dict(made)


def lines(found: Iterable[Count]) -> list[Line]:
    """Counts by hour or day, channel and provider, in this order; where there are none, no line."""
    made = grouped(found, lambda count: (count.begins, count.channel, count.provider))
    return [
        Line(begins=begins, channel=channel, provider=provider, figures=figures)
        for (begins, channel, provider), figures in sorted(made.items(), key=itemgetter(0))
    ]


def failures(found: Iterable[Count]) -> Sequence[Failures]:
    """What ended badly, by channel, provider, state and class; the most frequent first."""
    sums: Counter[tuple[str, str, str, str]] = Counter()
    for count in found:
        if count.status in UNSUCCESSFUL:
            sums[count.channel, count.provider, count.status, count.error_class] += count.deliveries
    return [
        Failures(channel=channel, provider=provider, status=status, error_class=name, count=sum_)
        for (channel, provider, status, name), sum_ in most_frequent(sums)
    ]
