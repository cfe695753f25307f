"""Fixtures for every test: two tenants, their keys, and tables that are emptied after each test."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, connections
from django.test.utils import setup_databases, teardown_databases

from delivery.sender_domains.resolver import Questions
from notifications import group_commit
from signalbus.core import timed_cache
from tenants import identity, provisioning
from tenants.identity import TenantIdentity
from tests import tables
from tests.door import Api
from tests.make import make_key

pytest_plugins = ["tests.processes", "tests.traces"]
TENANTS = ["acme", "globex"]


@pytest.fixture(scope="session")
def django_db_setup(
    request: pytest.FixtureRequest,
    django_db_blocker: Any,
    django_db_modify_db_settings: None,
) -> Iterator[None]:
    """A database with the public schema and the two tenants; unlocked for the whole session."""
    django_db_blocker.unblock()
    databases = setup_databases(verbosity=0, interactive=False)
    for name in TENANTS:
        provisioning.create_tenant(name, f"{name}.localhost")
    tables.prepare(TENANTS)
    yield
    group_commit.stop()
    connections.close_all()
    teardown_databases(databases, verbosity=0)


@pytest.fixture(scope="session")
def streams(django_db_setup: None) -> None:
    """The streams of this run exist in Kafka."""
    call_command("create_streams", verbosity=0)


@pytest.fixture
def database(django_db_setup: None) -> Iterator[None]:
    """Real transactions; whatever a test wrote is gone after it, and both tenants are as new."""
    _forget()
    yield
    if not connection.in_atomic_block:
        tables.empty(TENANTS)
    _forget()


def _forget() -> None:
    identity.forget()
    timed_cache.clear_all()


@pytest.fixture(autouse=True)
def _no_dns(monkeypatch: pytest.MonkeyPatch) -> None:
    """Senders' domains have no records, and nobody outside is asked."""
    monkeypatch.setattr(Questions, "_ask", lambda _self, _name: [])


@pytest.fixture
def acme(database: None) -> TenantIdentity:
    """The first tenant. Two of them stand in every isolation test."""
    return identity.by_name("acme")


@pytest.fixture
def globex(database: None) -> TenantIdentity:
    """The second tenant, which must never see anything of the first."""
    return identity.by_name("globex")


@pytest.fixture
def api(acme: TenantIdentity) -> Api:
    """acme's API with a live key of every scope."""
    return Api(make_key(acme))


@pytest.fixture
def test_api(acme: TenantIdentity) -> Api:
    """acme's API with a test key of every scope."""
    return Api(make_key(acme, mode="test"))


@pytest.fixture
def globex_api(globex: TenantIdentity) -> Api:
    """globex's API with a live key of every scope."""
    return Api(make_key(globex))
