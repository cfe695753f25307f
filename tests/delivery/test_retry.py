"""When a failed try is repeated."""

from datetime import timedelta

import pytest

from delivery.errors import DeliveryError, ErrorClass
from delivery.retry import RetryPolicy

POLICY = RetryPolicy(first=10, factor=3, longest=3600, tries=8)
DOWN = DeliveryError(error_class=ErrorClass.PROVIDER_DOWN)


def latest() -> float:
    return 0.999999


def earliest() -> float:
    return 0.0


@pytest.mark.parametrize(
    ("attempt", "seconds"), [(1, 10), (2, 30), (3, 90), (4, 270), (6, 2430), (7, 3600)]
)
def test_the_pause_grows_up_to_the_longest(attempt: int, seconds: float):
    delay = POLICY.next_delay(attempt, DOWN, latest)
    assert delay is not None
    assert delay.total_seconds() == pytest.approx(seconds, rel=0.01)


def test_jitter_is_full():
    assert POLICY.next_delay(3, DOWN, earliest) == timedelta(0)


def test_after_the_last_try_there_is_none():
    assert POLICY.next_delay(8, DOWN, latest) is None
    assert POLICY.next_delay(9, DOWN, latest) is None


def test_what_cannot_pass_is_not_tried_again():
    for name in (ErrorClass.BAD_ADDRESS, ErrorClass.RENDERING, ErrorClass.EXPIRED):
        assert POLICY.next_delay(1, DeliveryError(error_class=name), latest) is None


def test_a_pause_that_was_asked_for_is_a_lower_bound():
    asked = timedelta(seconds=2)
    error = DeliveryError(error_class=ErrorClass.BUSY, retry_after=asked)
    assert POLICY.next_delay(1, error, earliest) == asked
    delay = POLICY.next_delay(1, error, latest)
    assert delay is not None
    assert asked < delay < asked * 1.11


def test_an_account_gets_the_longest_pause_at_once():
    error = DeliveryError(error_class=ErrorClass.OUR_ACCOUNT)
    delay = POLICY.next_delay(1, error, latest)
    assert delay is not None
    assert delay.total_seconds() == pytest.approx(3600, rel=0.01)


def test_a_factor_that_overflows_is_no_harm():
    policy = RetryPolicy(first=10, factor=1e300, longest=60, tries=100)
    delay = policy.next_delay(50, DOWN, latest)
    assert delay is not None
    assert delay <= timedelta(seconds=60)
