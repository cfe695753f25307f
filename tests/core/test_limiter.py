"""Limits over Redis, and without it."""

import subprocess
import sys
import time
from collections.abc import Iterator
from math import inf
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from signalbus.core import gcra, limiter, redis_pool
from signalbus.core.gcra import Line, Wanted
from signalbus.core.ids import new_id
from signalbus.core.limiter import Limit, allow, reserve
from signalbus.core.limiter_script import RULE
from signalbus.core.redis_script import SharedScript
from tests.core.away import refusing_server, silent_server
from tests.core.test_gcra import FAR, rates, rounded, turns
from tests.own_valkey import own_valkey

# The rule with a clock that the test sets.
BY_HAND = SharedScript("by hand", "local now = cmsgpack.unpack(ARGV[1])[3]\n" + RULE)
IN_ANOTHER_PROCESS = """
import sys, django
django.setup()
from signalbus.core.limiter import Limit, reserve
print(reserve([([Limit(key=sys.argv[1], per_second=0.02, burst=1)], 999.0)])[0])
"""


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(limiter, "_own", limiter._OwnLines())
    redis_pool.client.cache_clear()
    yield
    redis_pool.client.cache_clear()


@pytest.fixture(params=["shared", "unset", "refusing", "silent"])
def redis(request: pytest.FixtureRequest, settings: Any) -> Iterator[str]:
    """Redis in every state: the rule is the same."""
    if request.param == "unset":
        settings.REDIS_URL = ""
    elif request.param == "refusing":
        settings.REDIS_URL = refusing_server()
    elif request.param == "silent":
        with silent_server() as url:
            settings.REDIS_URL = url
            yield request.param
            return
    yield request.param


def limit(per_second: float = 0.1, burst: int = 1) -> Limit:
    return Limit(key=str(new_id()), per_second=per_second, burst=burst)


def about(delays: list[float | None]) -> list[float | None]:
    """To the second: some milliseconds pass between two calls."""
    return [None if delay is None else round(delay + 0.1, 0) for delay in delays]


def test_each_message_gets_its_own_moment(redis: str):
    one = limit()
    assert about(reserve([([one], 25.0)] * 4)) == [0, 10, 20, None]
    assert about(reserve([([one], 5.0), ([one], 35.0)])) == [None, 30]


def test_without_limits_there_is_no_delay_and_no_round_trip(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(limiter, "_script", None)
    assert reserve([([], 4.0), ([], 0.0)]) == [0.0, 0.0]
    assert reserve([]) == []
    assert allow([]).allowed


def test_the_slowest_of_several_limits_decides(redis: str):
    fast, slow = limit(per_second=1000.0, burst=10), limit()
    assert about(reserve([([fast, slow], FAR)] * 2 + [([fast], FAR)])) == [0, 10, 0]


def test_limits_are_counted_apart_and_begin_anew_when_changed(redis: str):
    one = limit()
    reserve([([one], FAR)])
    assert reserve([([limit()], 0.0)]) == [0]
    assert reserve([([Limit(key=one.key, per_second=0.2, burst=1)], 0.0)]) == [0]


def test_a_request_passes_or_is_told_when(redis: str):
    one = limit(burst=3)
    first = allow([(one, 2)])
    assert (first.allowed, first.remaining, first.limit) == (True, 1, one)
    assert about([first.retry_after, first.reset_after]) == [0, 20]
    second = allow([(one, 2)])
    assert (second.allowed, second.remaining) == (False, 1)
    assert about([second.retry_after, second.reset_after]) == [10, 20]
    assert allow([(one, 1)]).remaining == 0


def test_all_limits_pass_a_request_or_none_is_booked(redis: str):
    wide, narrow = limit(burst=10), limit()
    allow([(narrow, 1)])
    refused = allow([(wide, 1), (narrow, 1)])
    assert (refused.allowed, refused.limit) == (False, narrow)
    assert allow([(wide, 1)]).remaining == 9


def test_what_is_above_the_burst_never_passes(redis: str):
    verdict = allow([(limit(burst=3), 4)])
    assert not verdict.allowed
    assert verdict.retry_after == inf


def test_many_messages_are_one_call_to_redis(monkeypatch: pytest.MonkeyPatch):
    calls = []
    real = limiter._script.run
    monkeypatch.setattr(
        limiter._script, "run", lambda keys, argument: calls.append(keys) or real(keys, argument)
    )
    account, domains = limit(1000.0), [limit(100.0) for _ in range(5)]
    delays = reserve([([account, domains[number % 5]], FAR) for number in range(500)])
    assert len(calls) == 1
    assert len(calls[0]) == 6
    assert round(max(delays), 1) == 1.0, "100 of each domain, at 100 a second"


def test_processes_share_a_limit():
    one = Limit(key=str(new_id()), per_second=0.02, burst=1)
    began = time.monotonic()
    assert reserve([([one], FAR)]) == [0]
    command = [sys.executable, "-c", IN_ANOTHER_PROCESS, one.key]
    answer = subprocess.run(command, capture_output=True, text=True, check=True)
    passed = time.monotonic() - began
    assert 50 - passed <= float(answer.stdout) <= 50
    assert 100 - passed - 1 <= reserve([([one], FAR)])[0] <= 100


def test_lines_expire_by_themselves():
    one = limit(per_second=10.0)
    reserve([([one], FAR)] * 20)
    connection = redis_pool.client()
    assert connection is not None
    assert 2_000 < connection.pttl(limiter._key(one)) <= 3_000


def test_the_processes_clocks_do_not_matter(monkeypatch: pytest.MonkeyPatch):
    one = limit()
    reserve([([one], FAR)])
    monkeypatch.setattr(time, "time", lambda: 0.0)
    assert about(reserve([([one], FAR)])) == [10]


def test_a_redis_that_is_killed_is_done_without_and_used_again(tmp_path: Path, settings: Any):
    with own_valkey(tmp_path) as (server, url):
        settings.REDIS_URL = url
        one = limit()
        assert about(reserve([([one], FAR)] * 2)) == [0, 10]
        server.kill()
        began = time.monotonic()
        assert about(reserve([([one], FAR)] * 2)) == [0, 10], "the process's own line"
        assert about(reserve([([one], FAR)])) == [20]
        assert time.monotonic() - began < 0.5
        server.start()
        time.sleep(redis_pool.PAUSE_SECONDS)
        connection = redis_pool.client()
        assert connection is not None
        reserve([([one], FAR)])
        assert connection.exists(limiter._key(one)), "shared again"


def test_lines_that_are_past_leave_the_memory(settings: Any, monkeypatch: pytest.MonkeyPatch):
    settings.REDIS_URL = ""
    monkeypatch.setattr(limiter._own, "_most", 10)
    for _ in range(20):
        reserve([([limit(per_second=100_000.0)], FAR)])
    assert len(limiter._own._lines) <= 12


@hypothesis_settings(max_examples=60, deadline=None)
@given(
    limits=st.lists(rates, min_size=3, max_size=3),
    turns=turns,
    steps=st.lists(st.sampled_from([0.0, 0.0, 0.0, -3600.0, 3600.0]), min_size=8, max_size=8),
)
def test_the_script_decides_as_the_rule_does(limits, turns, steps):
    keys = [f"test.{new_id()}" for _ in limits]
    lines, now = [Line(), Line(), Line()], 1_700_000_000.0
    for (passed, messages), step in zip(turns, steps, strict=False):
        now += passed + step
        wanted = [
            Wanted(horizon=horizon, costs=tuple((index, 1) for index in sorted(indexes)))
            for horizon, indexes in messages
        ]
        lines, delays = gcra.book(lines, limits, wanted, now)
        assert rounded(by_script(keys, limits, wanted, now)) == rounded(delays)


def by_script(keys, limits, wanted, now) -> list[float | None]:
    shown = [Limit(key="", per_second=1 / each.interval, burst=each.burst) for each in limits]
    given = msgspec.msgpack.decode(limiter.packed(shown, wanted))
    answer = BY_HAND.run(keys, msgspec.msgpack.encode((*given, now)))
    assert answer is not None
    delays, _ = msgspec.msgpack.decode(answer)
    return [None if delay < 0 else delay for delay in delays]
