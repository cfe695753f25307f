"""Windows of time that are never exceeded, over Redis and without it."""

import time
from collections.abc import Iterator
from math import inf
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from signalbus.core import redis_pool, window, windows
from signalbus.core.ids import new_id
from signalbus.core.limiter import Limit
from signalbus.core.redis_script import SharedScript
from signalbus.core.window import Passed
from signalbus.core.window_script import RULE
from tests.core.away import refusing_server

NOON = 1_700_000_000.0
MINUTE = 60.0
# The rule with a clock that the test sets.
BY_HAND = SharedScript(
    "by hand",
    "local now = cmsgpack.unpack(ARGV[1])[2]\n"
    + RULE.replace("cmsgpack.unpack(ARGV[1])", "cmsgpack.unpack(ARGV[1])[1]"),
)
turns = st.lists(
    st.tuples(
        st.sampled_from([0.0, 0.3, 1.0, 7.5, 29.9, 30.0, 60.0]),
        st.integers(min_value=1, max_value=4),
    ),
    max_size=60,
)


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(windows, "_own", windows._OwnWindows())
    redis_pool.client.cache_clear()
    yield
    redis_pool.client.cache_clear()


@pytest.fixture(params=["shared", "unset", "refusing"])
def redis(request: pytest.FixtureRequest, settings: Any) -> str:
    """Redis in several states: the rule is the same."""
    if request.param != "shared":
        settings.REDIS_URL = "" if request.param == "unset" else refusing_server()
    return str(request.param)


def a_minute(number: int) -> Limit:
    return Limit(key=f"tests.{new_id()}", per_second=number / MINUTE, burst=number)


@given(turns=turns)
def test_no_minute_sees_more_than_its_number(turns: list[tuple[float, int]]) -> None:
    passed: Passed = ()
    now, moments = NOON, []
    for waited, count in turns:
        now += waited
        passed = window.recent(passed, MINUTE, now)
        if not window.wait(passed, 5, MINUTE, count, now):
            passed = window.added(passed, count, now)
            moments += [now] * count
    for start in moments:
        assert sum(start <= at < start + MINUTE for at in moments) <= 5


@given(turns=turns)
def test_who_waits_as_long_as_told_passes(turns: list[tuple[float, int]]) -> None:
    passed: Passed = ()
    now = NOON
    for waited, count in turns:
        now += waited
        now += window.wait(window.recent(passed, MINUTE, now), 5, MINUTE, count, now)
        passed = window.recent(passed, MINUTE, now + 1e-6)
        assert window.wait(passed, 5, MINUTE, count, now) == 0
        passed = window.added(passed, count, now)


def test_who_asks_steadily_gets_the_whole_number() -> None:
    passed: Passed = ()
    for step in range(600):
        now = NOON + step
        passed = window.recent(passed, MINUTE, now)
        assert window.wait(passed, 60, MINUTE, 1, now) == 0
        passed = window.added(passed, 1, now)


def test_a_clock_set_back_keeps_nobody_waiting_longer() -> None:
    passed = window.added((), 5, NOON)
    passed = window.recent(passed, MINUTE, NOON - 3600)
    assert window.wait(passed, 5, MINUTE, 1, NOON - 3600) == MINUTE


@hypothesis_settings(max_examples=50, deadline=None)
@given(turns=st.lists(st.tuples(st.sampled_from([0.0, 0.3, 7.5, 60.0, -90.0]), st.integers(1, 4))))
def test_the_script_decides_as_the_rule_does(turns: list[tuple[float, int]]) -> None:
    key, now = f"test.{new_id()}", NOON
    passed: Passed = ()
    for waited, count in turns:
        now += waited
        passed_now = window.recent(passed, MINUTE, now)
        wait = window.wait(passed_now, 3, MINUTE, count, now)
        passed_now = passed_now if wait else window.added(passed_now, count, now)
        passed = passed if wait else passed_now
        answer = BY_HAND.run([key], msgspec.msgpack.encode([[[3, MINUTE, count]], now]))
        ((left, used, _),) = msgspec.msgpack.decode(answer)
        assert left == pytest.approx(-1 if wait == inf else wait, abs=1e-3)
        assert used == window.used(passed_now)


def test_all_limits_count_or_none(redis: str) -> None:
    wide, narrow = a_minute(10), a_minute(2)
    assert windows.allow([(wide, 2), (narrow, 2)]).allowed
    refused = windows.allow([(wide, 1), (narrow, 1)])
    assert (refused.allowed, refused.limit, refused.remaining) == (False, narrow, 0)
    assert 59 < refused.retry_after <= 60
    assert windows.allow([(wide, 1)]).remaining == 7
    assert windows.allow([(narrow, 3)]).retry_after == inf
    assert windows.allow([]).allowed


def test_processes_share_it(monkeypatch: pytest.MonkeyPatch) -> None:
    limit = a_minute(1)
    assert windows.allow([(limit, 1)]).allowed
    monkeypatch.setattr(time, "time", lambda: 0.0)
    monkeypatch.setattr(windows, "_own", windows._OwnWindows())
    assert not windows.allow([(limit, 1)]).allowed


def test_without_redis_what_is_past_is_forgotten(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.REDIS_URL = ""
    monkeypatch.setattr(windows, "MOST_KEPT", 3)
    monkeypatch.setattr(windows, "_own", windows._OwnWindows())
    now = time.monotonic()
    for step in range(9):
        monkeypatch.setattr(windows.time, "monotonic", lambda at=now + 61.0 * step: at)
        windows.allow([(a_minute(1), 1)])
    assert len(windows._own._passed) <= 4
