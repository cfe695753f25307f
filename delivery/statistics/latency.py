"""How long deliveries took until a provider had them, as a histogram of fixed bounds."""

from collections.abc import Mapping
from itertools import accumulate

# Seconds; 10 is what the service is measured by. Migration 0008 has the same ones: others need
# another trigger, and tell nothing of what was counted before it.
BOUNDS = (
    *(0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 30.0, 60.0),
    *(120.0, 300.0, 600.0, 1800.0, 3600.0, 21600.0, 86400.0),
)

Histogram = Mapping[int, int]  # bucket → how many; bucket n ends before BOUNDS[n], the last nowhere


def quantile(histogram: Histogram, share: float) -> float | None:
    """Seconds that this share of them took at most; None where there is none.

    Inside a bucket they are taken for evenly spread. What took longer than the last bound counts
    as having taken just that.
    """
    buckets = sorted(bucket for bucket, count in histogram.items() if count > 0)
    sums = list(accumulate(histogram[bucket] for bucket in buckets))
    if not sums:
        return None
    wanted = share * sums[-1]
    place = next((place for place, sum_ in enumerate(sums) if sum_ >= wanted), len(sums) - 1)
    bucket = buckets[place]
    low, high = _bounds(bucket)
    before = sums[place] - histogram[bucket]
    # What is rounded up must not leave the bucket.
    return min(high, low + (high - low) * (wanted - before) / histogram[bucket])


def within(histogram: Histogram, bound: float) -> float | None:
    """The share of those that took less than the bound, which is one of BOUNDS; None: of none."""
    place = BOUNDS.index(bound)
    total = sum(histogram.values())
    quick = sum(count for bucket, count in histogram.items() if bucket <= place)
    return quick / total if total else None


def _bounds(bucket: int) -> tuple[float, float]:
    low = BOUNDS[bucket - 1] if bucket else 0.0
    return low, BOUNDS[min(bucket, len(BOUNDS) - 1)]
