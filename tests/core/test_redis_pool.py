import time

import pytest
from redis import Redis
from redis.exceptions import RedisError

from signalbus.core import redis_pool
from signalbus.core.redis_pool import PatientPool
from tests.core.away import refusing_server, silent_server

TIMEOUT = 0.2


def pool(url: str) -> Redis:
    return Redis(
        connection_pool=PatientPool.from_url(
            url, socket_timeout=TIMEOUT, socket_connect_timeout=TIMEOUT
        )
    )


def seconds_of_failing(client: Redis, times: int) -> float:
    started = time.monotonic()
    for _ in range(times):
        with pytest.raises(RedisError):
            client.get("x")
    return time.monotonic() - started


def test_a_silent_server_costs_one_timeout_only() -> None:
    with silent_server() as url:
        client = pool(url)
        assert TIMEOUT <= seconds_of_failing(client, 1) < 3 * TIMEOUT
        assert seconds_of_failing(client, 100) < 0.1


def test_a_refusing_server_costs_nothing() -> None:
    assert seconds_of_failing(pool(refusing_server()), 100) < 0.2


def test_a_server_that_comes_back_is_used_again(
    monkeypatch: pytest.MonkeyPatch, settings: object
) -> None:
    client = pool(refusing_server())
    seconds_of_failing(client, 1)
    real = redis_pool.client()
    assert real is not None
    kwargs = client.connection_pool.connection_kwargs
    kwargs.update(real.connection_pool.connection_kwargs)
    client.connection_pool.reset()
    with pytest.raises(RedisError, match="not asked again yet"):
        client.ping()
    now = time.monotonic()
    monkeypatch.setattr(redis_pool.time, "monotonic", lambda: now + redis_pool.PAUSE_SECONDS)
    assert client.ping()
