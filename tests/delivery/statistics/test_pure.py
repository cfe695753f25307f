"""Quantiles, shares and periods."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from delivery.statistics.figures import Count, Figures
from delivery.statistics.latency import BOUNDS, quantile, within
from delivery.statistics.periods import Kept, Period, Step, period

NOW = datetime(2026, 3, 2, 10, 20, tzinfo=UTC)
KEPT = Kept(hours=timedelta(days=90), days=timedelta(days=1100))


def bucket_of(seconds: float) -> int:
    return sum(seconds >= bound for bound in BOUNDS)


@pytest.mark.parametrize(
    ("histogram", "share", "seconds"),
    [
        ({}, 0.5, None),
        ({3: 0}, 0.5, None),
        ({0: 10}, 0.5, 0.025),
        ({6: 4}, 0.5, 3.5),
        ({6: 1, 7: 1}, 0.5, 5.0),
        ({6: 95, 8: 5}, 0.95, 5.0),
        ({6: 94, 8: 6}, 0.95, 10 + 10 / 6),
        ({len(BOUNDS): 3}, 0.95, BOUNDS[-1]),
    ],
)
def test_a_quantile_is_read_from_its_bucket(
    histogram: dict[int, int], share: float, seconds: float | None
) -> None:
    assert quantile(histogram, share) == (None if seconds is None else pytest.approx(seconds))


@given(
    st.lists(st.floats(min_value=0, max_value=86399), min_size=1, max_size=60),
    st.sampled_from([0.5, 0.95, 0.99]),
)
def test_a_quantile_lies_in_the_bucket_of_the_true_one(values: list[float], share: float) -> None:
    histogram: dict[int, int] = {}
    for value in values:
        histogram[bucket_of(value)] = histogram.get(bucket_of(value), 0) + 1
    true = sorted(values)[max(0, -int(-share * len(values) // 1) - 1)]
    found = quantile(histogram, share)
    assert found is not None
    low = ([0.0, *BOUNDS])[bucket_of(true)]
    assert low <= found <= BOUNDS[bucket_of(true)]


def test_the_share_within_a_bound() -> None:
    assert within({0: 1, 7: 2, 8: 1}, 10.0) == 0.75
    assert within({}, 10.0) is None


def test_success_is_a_share_of_what_was_tried_and_has_an_end() -> None:
    statuses = ("sent", "delivered", "queued", "cancelled", "skipped", "unknown")
    counts = [Count(NOW, "email", "smtp", status, "", -1, 1) for status in statuses]
    figures = Figures.of(counts)
    assert (figures.accepted, figures.sent, figures.failed) == (6, 2, 0)
    assert figures.success_rate == pytest.approx(2 / 3)


def test_the_last_hours_and_days_end_with_the_one_under_way() -> None:
    assert Period.last(2, Step.HOUR, NOW) == Period(
        start=datetime(2026, 3, 2, 9, tzinfo=UTC),
        end=datetime(2026, 3, 2, 11, tzinfo=UTC),
        step=Step.HOUR,
    )
    assert Period.last(7, Step.DAY, NOW).start == datetime(2026, 2, 24, tzinfo=UTC)


@pytest.mark.parametrize("step", list(Step))
def test_without_moments_it_is_the_usual_time(step: Step) -> None:
    usual = period(None, None, step, now=NOW, kept=KEPT)
    assert usual.start <= NOW < usual.end


def test_a_short_memory_shortens_the_usual_time() -> None:
    kept = Kept(hours=timedelta(days=1), days=timedelta(days=2))
    assert period(None, None, Step.HOUR, now=NOW, kept=kept).start == NOW.replace(hour=0, minute=0)
    assert period(None, None, Step.DAY, now=NOW, kept=kept).start.day == 1
