import os
import threading
import time
from typing import Any

import pytest

from signalbus.core import hints, redis_pool
from signalbus.core.redis import HintListener, hint
from tests.core.away import silent_server


@pytest.fixture
def listener() -> Any:
    listening = HintListener()
    listening.wait(0.05)  # the first call subscribes
    yield listening
    listening.close()


@pytest.fixture
def fresh_client() -> Any:
    redis_pool.client.cache_clear()
    yield
    redis_pool.client.cache_clear()
    hints._hinter(os.getpid()).flush(seconds=3)


def seconds_of_waiting(listener: HintListener, timeout: float) -> float:
    started = time.monotonic()
    listener.wait(timeout)
    return time.monotonic() - started


def test_a_hint_ends_the_wait(listener: HintListener) -> None:
    threading.Timer(0.1, hint, ["email.high"]).start()
    assert seconds_of_waiting(listener, 5) < 1


def test_a_hint_given_before_the_wait_counts(listener: HintListener) -> None:
    hint("email.high")
    time.sleep(0.05)
    assert seconds_of_waiting(listener, 5) < 0.5


def test_many_hints_are_one(listener: HintListener) -> None:
    for _ in range(1000):
        hint("email.high")
    time.sleep(0.05)
    assert seconds_of_waiting(listener, 1) < 0.5
    assert seconds_of_waiting(listener, 0.1) >= 0.1


def test_without_a_hint_the_wait_takes_its_time(listener: HintListener) -> None:
    assert 0.2 <= seconds_of_waiting(listener, 0.2) < 0.4


def test_without_redis_hints_are_silent_and_waits_sleep(settings: Any) -> None:
    settings.REDIS_URL = ""
    redis_pool.client.cache_clear()
    hint("email.high")
    assert 0.2 <= seconds_of_waiting(HintListener(), 0.2) < 0.4
    redis_pool.client.cache_clear()


def test_with_redis_silent_a_hint_delays_nobody(settings: Any, fresh_client: None) -> None:
    with silent_server() as url:
        settings.REDIS_URL = url
        started = time.monotonic()
        for _ in range(100):
            hint("email.high")
        assert time.monotonic() - started < 0.05
        assert 0.4 <= seconds_of_waiting(HintListener(), 0.4) < 0.8


def test_a_hint_that_redis_did_not_take_is_kept(
    settings: Any, fresh_client: None, listener: HintListener
) -> None:
    real = settings.REDIS_URL
    hinter = hints._Hinter()
    with silent_server() as url:
        settings.REDIS_URL = url
        hinter.add("email.high")
        time.sleep(0.4)
        settings.REDIS_URL = real
        redis_pool.client.cache_clear()
        assert seconds_of_waiting(listener, 5) < 2


def test_a_listener_survives_a_broken_connection(listener: HintListener) -> None:
    redis = redis_pool.client()
    assert redis is not None
    assert listener._subscription is not None
    connection = listener._subscription.connection
    assert connection is not None
    host, port = connection._sock.getsockname()
    redis.execute_command("CLIENT", "KILL", "ADDR", f"{host}:{port}")
    assert 0.1 <= seconds_of_waiting(listener, 0.1) < 0.3
    time.sleep(redis_pool.PAUSE_SECONDS)
    listener.wait(0.05)
    hint("email.high")
    assert seconds_of_waiting(listener, 5) < 0.5
