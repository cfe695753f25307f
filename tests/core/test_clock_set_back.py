"""What is counted or kept for a while, with a clock that is set back by minutes."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from delivery.breaker import Breakers
from delivery.breaker_rule import IN_A_ROW, State
from signalbus.core import limiter, redis_pool, windows
from signalbus.core.ids import new_id
from signalbus.core.limiter import Limit
from signalbus.core.timed_cache import TimedCache
from tests.core.away import refusing_server

MINUTES = timedelta(minutes=10)


@pytest.fixture(params=["shared", "unset", "refusing"], autouse=True)
def redis(request: pytest.FixtureRequest, settings: Any) -> Iterator[None]:
    """Redis in several states: the rule is the same."""
    if request.param != "shared":
        settings.REDIS_URL = "" if request.param == "unset" else refusing_server()
    redis_pool.client.cache_clear()
    yield
    redis_pool.client.cache_clear()


def set_back() -> time_machine.travel:
    return time_machine.travel(datetime.now(UTC) - MINUTES)


def test_moments_of_a_limit_come_in_their_time() -> None:
    limit = Limit(key=str(new_id()), per_second=0.1, burst=1)
    assert limiter.reserve([([limit], 100.0)]) == [0]
    with set_back():
        delay = limiter.reserve([([limit], 100.0)])[0]
    assert delay is not None
    assert 9 < delay <= 10


def test_a_window_lasts_as_long_as_ever() -> None:
    limit = Limit(key=str(new_id()), per_second=1 / 60, burst=1)
    assert windows.allow([(limit, 1)]).allowed
    with set_back():
        assert 59 < windows.allow([(limit, 1)]).retry_after <= 60


def test_a_breaker_stays_open_for_its_pause() -> None:
    breakers, account = Breakers(), new_id()
    breakers.note([(account, True)] * IN_A_ROW)
    with set_back():
        found = Breakers().states([account])[account] if _shared() else None
        found = found or breakers.states([account])[account]
        assert found.state is State.OPEN
        assert 4 < found.opens_again_in <= 5


def _shared() -> bool:
    """Whether another process would know of it."""
    connection = redis_pool.client()
    try:
        return connection is not None and bool(connection.ping())
    except redis_pool.FAILURES:
        return False


def test_what_is_remembered_is_forgotten_in_its_time() -> None:
    remembered: TimedCache[str, int] = TimedCache(seconds=0.1, size=10)
    remembered.put("key", 1)
    with set_back():
        assert remembered.peek("key") == 1
        time.sleep(0.11)
        assert remembered.peek("key") is None
