"""A line without Kafka over acme's tables, with a provider that answers as the test says."""

from collections.abc import Iterator
from typing import Any

import pytest

from delivery import breaker, breaker_rule
from signalbus.core import redis_pool
from tenants.identity import TenantIdentity
from tests.delivery.pipeline.kit import Fleet, Line, lead_everything_to, scripted
from tests.make import make_account


@pytest.fixture
def line(acme: TenantIdentity, monkeypatch: pytest.MonkeyPatch) -> Line:
    """acme has an account for each channel."""
    make_account(acme, channel="email")
    make_account(acme, channel="sms")
    provider = scripted()
    lead_everything_to(provider, monkeypatch)
    return Line(acme, provider)


@pytest.fixture
def fleet(acme: TenantIdentity, monkeypatch: pytest.MonkeyPatch) -> Fleet:
    """Each account has a provider of its own; acme has the accounts that a test makes."""
    return Fleet(monkeypatch)


@pytest.fixture
def fleet_line(acme: TenantIdentity, fleet: Fleet) -> Line:
    """A line of acme's that leads to the fleet."""
    return Line(acme, scripted())


@pytest.fixture
def impatient_breakers(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Breakers that open for half a second, remembered by this process alone."""
    settings.REDIS_URL = ""
    redis_pool.client.cache_clear()
    monkeypatch.setattr(breaker_rule, "FIRST_PAUSE", 0.5)
    breaker.breakers.cache_clear()
    yield
    breaker.breakers.cache_clear()
    redis_pool.client.cache_clear()
