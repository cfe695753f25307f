"""What is known of a group of deliveries: how many came to what, and how long it took."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple, TypeVar

from delivery.statistics.latency import quantile
from notifications.states import Status

K = TypeVar("K", str, tuple[str, str, str, str])
TAKEN = (Status.SENT, Status.DELIVERED)
FAILED = (Status.FAILED, Status.DEAD, Status.BOUNCED)
UNSUCCESSFUL = (*FAILED, Status.UNKNOWN)


class Count(NamedTuple):
    """So many deliveries made in the hour or day that begins then, alike in all the rest.

    `bucket` is of `latency.BOUNDS`, and -1 of what no provider has taken.
    """

    begins: datetime
    channel: str
    provider: str
    status: str
    error_class: str
    bucket: int
    deliveries: int


def most_frequent(counter: Counter[K]) -> list[tuple[K, int]]:
    """What there is of each, most of it first; of as many, in the order of their keys."""
    return sorted(
        ((key, count) for key, count in counter.items() if count),
        key=lambda item: (-item[1], item[0]),
    )


@dataclass(frozen=True, slots=True)
class Figures:
    """The sums of some counts; every one of them begins at nothing."""

    statuses: Counter[str] = field(default_factory=Counter)
    error_classes: Counter[str] = field(default_factory=Counter)
    latencies: Counter[int] = field(default_factory=Counter)

    @classmethod
    def of(cls, counts: Iterable[Count]) -> "Figures":
        """Those of the counts, whatever their hours and channels."""
        figures = cls()
        for count in counts:
            figures.add(count)
        return figures

    def add(self, count: Count) -> None:
        """Take a count in."""
        self.statuses[count.status] += count.deliveries
        if count.status in UNSUCCESSFUL and count.error_class:
            self.error_classes[count.error_class] += count.deliveries
        if count.bucket >= 0:
            self.latencies[count.bucket] += count.deliveries

    @property
    def accepted(self) -> int:
        """All of them, whatever became of them."""
        return sum(self.statuses.values())

    @property
    def sent(self) -> int:
        """Those that a provider has taken, or delivered, and did not bounce."""
        return sum(self.statuses[status] for status in TAKEN)

    @property
    def failed(self) -> int:
        """Those that were refused, given up or bounced."""
        return sum(self.statuses[status] for status in FAILED)

    @property
    def success_rate(self) -> float | None:
        """The share of sent ones among those that were tried and have an end; None: none has."""
        ended = self.sent + sum(self.statuses[status] for status in UNSUCCESSFUL)
        return self.sent / ended if ended else None

    def latency(self, share: float) -> float | None:
        """Seconds that this share of the sent ones took at most; None where there is none."""
        return quantile(self.latencies, share)
