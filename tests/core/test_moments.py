"""Moments that somebody names."""

from datetime import UTC, datetime, timedelta

import pytest

from signalbus.core.moments import AROUND, in_utc

NOW = datetime(2026, 11, 20, 18, tzinfo=UTC)


@pytest.mark.parametrize("offset", ["+23:00", "-23:59", "+00:00"])
def test_it_comes_out_in_utc(offset: str) -> None:
    moment = datetime.fromisoformat(f"2026-12-31T00:00:00{offset}")
    assert in_utc(moment, NOW) == moment
    assert in_utc(moment, NOW).tzinfo is UTC


@pytest.mark.parametrize(
    "moment",
    [
        "9999-12-31T23:59:59-01:00",
        "0001-01-01T00:00:00+01:00",
        (NOW + AROUND + timedelta(seconds=1)).isoformat(),
        (NOW - AROUND - timedelta(seconds=1)).isoformat(),
    ],
)
def test_what_is_more_than_a_century_from_now_is_refused(moment: str) -> None:
    with pytest.raises(ValueError, match="hundred years"):
        in_utc(datetime.fromisoformat(moment), NOW)
