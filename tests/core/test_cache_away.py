"""The cache and the sessions go on without Redis, and quickly."""

import time
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
from django.contrib.sessions.backends.cached_db import SessionStore
from django.core.cache import cache
from django.db import connection

from tenants.context import in_tenant
from tenants.identity import TenantIdentity
from tests.core.away import refusing_server, silent_server


def point_cache_at(settings: Any, url: str) -> None:
    caches = deepcopy(settings.CACHES)
    caches["default"]["LOCATION"] = url
    settings.CACHES = caches


@pytest.fixture(params=["refusing", "silent"])
def redis_away(request: pytest.FixtureRequest, settings: Any) -> Iterator[None]:
    if request.param == "refusing":
        point_cache_at(settings, refusing_server())
        yield
        return
    with silent_server() as url:
        point_cache_at(settings, url)
        yield


def test_a_cache_without_redis_is_empty_and_quick(redis_away: None) -> None:
    started = time.monotonic()
    for number in range(100):
        cache.set(f"key-{number}", "value", 60)
        assert cache.get(f"key-{number}", "default") == "default"
        assert cache.get_many(["a", "b"]) == {}
        cache.delete("a")
    assert time.monotonic() - started < 1.0


def test_a_session_outlives_redis(redis_away: None, acme: TenantIdentity) -> None:
    started = time.monotonic()
    with in_tenant(acme):
        session = SessionStore()
        session["colour"] = "green"
        session.save()
        again = SessionStore(session.session_key)
        assert again["colour"] == "green"
        again["colour"] = "blue"
        again.save()
        assert SessionStore(session.session_key)["colour"] == "blue"
    assert time.monotonic() - started < 1.0


def test_keys_are_the_tenants_own(acme: TenantIdentity, globex: TenantIdentity) -> None:
    with in_tenant(acme):
        cache.set("secret", "of acme", 60)
        assert cache.get("secret") == "of acme"
    with in_tenant(globex):
        assert cache.get("secret") is None
    connection.set_schema_to_public()
    assert cache.get("secret") is None
