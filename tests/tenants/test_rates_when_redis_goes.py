"""Rates while Redis is killed, hangs and comes back: limits of each process, and no other harm."""

import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from signalbus.core import limiter, redis_pool
from signalbus.embedded.testing import RunningServer
from tenants.identity import TenantIdentity
from tests.door import Api
from tests.notifications.asking import letter
from tests.own_valkey import own_valkey
from tests.tenants.limited import limit

BURST = 4
# Of one request: two time-outs of SIGNALBUS_REDIS_TIMEOUT, of a kept connection and of a new one,
# and its own time on a busy machine. Redis is asked once a second then.
LONGEST = 1.0


@pytest.fixture
def valkey(
    tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> Iterator[RunningServer]:
    """A server of the test's own, which is the installation's Redis."""
    monkeypatch.setattr(limiter, "_own", limiter._OwnLines())
    with own_valkey(tmp_path) as (server, settings.REDIS_URL):
        redis_pool.client.cache_clear()
        yield server


@pytest.fixture
def limited(api: Api, acme: TenantIdentity) -> Api:
    """A key of a tenant that may ask BURST times at once, and then once a second."""
    limit(acme, requests_per_second=1, requests_burst=BURST)
    return api


def ask(api: Api) -> int:
    """Status of a request, which is answered quickly."""
    began = time.monotonic()
    status = api.post("/notifications", letter()).status
    assert time.monotonic() - began < LONGEST
    return status


def passed(api: Api) -> int:
    """How many requests pass in a row until one is refused, but for those that a second brings."""
    began, number = time.monotonic(), 0
    while (status := ask(api)) == 202:
        number += 1
    assert status == 429
    return number - int(time.monotonic() - began)


def lines() -> int:
    """How many limits Redis keeps."""
    connection = redis_pool.client()
    assert connection is not None
    return len(connection.keys("*.limit.tenant-requests.*"))


def test_requests_are_limited_while_redis_is_gone_and_when_it_is_back(
    limited: Api, valkey: RunningServer
) -> None:
    assert ask(limited) == 202
    assert lines() == 1
    valkey.kill()
    assert passed(limited) == BURST, "the process counts by itself, from nothing"
    valkey.start()
    time.sleep(redis_pool.PAUSE_SECONDS)
    assert passed(limited) == BURST, "counted by Redis again, which has forgotten"
    assert lines() == 1


def test_requests_are_limited_while_redis_hangs(limited: Api, valkey: RunningServer) -> None:
    assert ask(limited) == 202
    assert valkey.process is not None
    valkey.process.send_signal(signal.SIGSTOP)
    try:
        assert passed(limited) == BURST
    finally:
        valkey.process.send_signal(signal.SIGCONT)
    time.sleep(redis_pool.PAUSE_SECONDS)
    limited.get("/policies")
    connection = redis_pool.client()
    assert connection is not None
    assert connection.ping(), "and asked again"
    assert lines() == 1
