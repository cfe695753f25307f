"""The rule of limits: never more than burst + rate * t in any window, and no moment wasted."""

from math import inf

from hypothesis import given
from hypothesis import strategies as st

from signalbus.core.gcra import EPSILON, Line, Rate, Wanted, book

TEN_A_SECOND = Rate(interval=0.1, burst=1)
FIVE_AT_ONCE = Rate(interval=0.1, burst=5)
FAR = 1000.0


def one(horizon: float = FAR, *indexes: int, cost: int = 1) -> Wanted:
    return Wanted(horizon=horizon, costs=tuple((index, cost) for index in indexes or (0,)))


def rounded(delays: list[float | None]) -> list[float | None]:
    return [None if delay is None else round(delay, 3) for delay in delays]


rates = st.builds(
    Rate,
    interval=st.sampled_from([0.001, 0.01, 0.1, 1 / 3, 1.0]),
    burst=st.integers(min_value=1, max_value=8),
)
turns = st.lists(
    st.tuples(
        st.floats(min_value=0, max_value=2),  # seconds since the last turn
        st.lists(
            st.tuples(
                st.sampled_from([0.0, 0.5, 4.0, FAR]), st.sets(st.integers(0, 2), min_size=1)
            ),
            max_size=12,
        ),
    ),
    max_size=8,
)


@given(limits=st.lists(rates, min_size=3, max_size=3), turns=turns)
def test_no_window_sees_more_than_its_limit_allows(limits, turns):
    lines, now = [Line(), Line(), Line()], 1_700_000_000.0
    moments: list[list[float]] = [[], [], []]
    for passed, messages in turns:
        now += passed
        wanted = [one(horizon, *sorted(indexes)) for horizon, indexes in messages]
        lines, delays = book(lines, limits, wanted, now)
        for message, delay in zip(wanted, delays, strict=True):
            assert delay is None or 0 <= delay <= message.horizon + EPSILON
            for index, _ in message.costs if delay is not None else ():
                moments[index].append(now + delay)
    for rate, booked in zip(limits, moments, strict=True):
        assert_within(rate, sorted(booked))


def assert_within(rate: Rate, moments: list[float]) -> None:
    for first, begins in enumerate(moments):
        for last in range(first, len(moments)):
            most = rate.burst + (moments[last] - begins + 100 * EPSILON) / rate.interval
            assert last - first + 1 <= most


def test_moments_are_spaced():
    _, delays = book([Line()], [TEN_A_SECOND], [one()] * 4, 50.0)
    assert rounded(delays) == [0, 0.1, 0.2, 0.3]


def test_n_go_at_once_and_then_one_by_one():
    lines, delays = book([Line()], [FIVE_AT_ONCE], [one()] * 7, 50.0)
    assert rounded(delays) == [0, 0, 0, 0, 0, 0.1, 0.2]
    lines, delays = book(lines, [FIVE_AT_ONCE], [one()] * 2, 50.5)
    assert rounded(delays) == [0, 0]
    _, delays = book(lines, [FIVE_AT_ONCE], [one()] * 6, 60.0)
    assert rounded(delays) == [0, 0, 0, 0, 0, 0.1]


def test_beyond_its_horizon_a_message_books_nothing():
    lines, delays = book([Line()], [TEN_A_SECOND], [one(0.25)] * 5, 50.0)
    assert rounded(delays) == [0, 0.1, 0.2, None, None]
    assert round(lines[0].tail, 3) == 50.3


def test_a_message_waits_for_the_slowest_of_its_limits():
    limits = [TEN_A_SECOND, Rate(interval=1.0, burst=1)]
    _, delays = book([Line(), Line()], limits, [one(FAR, 0, 1)] * 3, 50.0)
    assert rounded(delays) == [0, 1, 2]


def test_what_a_slow_domain_skips_others_use():
    limits = [TEN_A_SECOND, Rate(interval=1.0, burst=1)]
    lines, _ = book([Line(), Line()], limits, [one(FAR, 0, 1)] * 3, 50.0)
    _, delays = book(lines, limits, [one()] * 12, 50.0)
    free = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.1, 1.2, 1.3]
    assert rounded(delays) == free, "the moments of the slow ones, 0, 1 and 2, are theirs"


def test_a_cost_counts_as_that_many():
    lines, delays = book([Line()], [FIVE_AT_ONCE], [one(0.0, 0, cost=3)] * 2, 50.0)
    assert delays == [0, None]
    assert book(lines, [FIVE_AT_ONCE], [one(0.0, 0, cost=2)], 50.0)[1] == [0]
    assert book([Line()], [FIVE_AT_ONCE], [one(0.0, 0, cost=6)], 50.0)[1] == [None]


def test_a_clock_set_back_makes_nobody_wait_longer():
    lines, _ = book([Line()], [TEN_A_SECOND], [one()] * 3, 5000.0)
    _, delays = book(lines, [TEN_A_SECOND], [one()], 1000.0)
    assert rounded(delays) == [0.3]


def test_an_idle_line_is_as_new():
    lines, _ = book([Line()], [TEN_A_SECOND], [one()] * 3, 50.0)
    lines, delays = book(lines, [TEN_A_SECOND], [one()], 90.0)
    assert delays == [0]
    assert lines[0].free == ((90.1, inf),)
