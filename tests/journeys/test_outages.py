"""A server is away for a while: accepting goes on where it can, and nothing is lost."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection

from notifications.models import Delivery, Notification
from signalbus.bus.models import OutboxEntry
from tenants.context import in_tenant
from tenants.identity import TenantIdentity
from tests.journeys.http import Client
from tests.make import make_account, make_key
from tests.processes import Processes, eventually
from tests.servers import servers_key

AWAY = 20.0  # seconds
COUNT = 500


@pytest.fixture
def servers(request: pytest.FixtureRequest) -> Any:
    """The servers of this run; skipped where they were given from outside."""
    found = request.config.stash.get(servers_key, None)
    if found is None:
        pytest.skip("needs servers that this run has started itself")
    return found


@contextmanager
def away(server: Any) -> Iterator[float]:
    """The server is stopped at once and comes back after AWAY seconds."""
    server.kill()
    begun = time.monotonic()
    try:
        yield begun + AWAY
    finally:
        time.sleep(max(begun + AWAY - time.monotonic(), 0))
        server.start()
        connection.close()  # the test's own may have gone with the server


@pytest.fixture
def client(acme: TenantIdentity, processes: Processes) -> Client:
    """acme's client, with web, relay and the e-mail worker running."""
    make_account(acme)
    processes.relay()
    processes.worker("email", SIGNALBUS_VISIBILITY="8")
    return Client(processes.web().port, make_key(acme))


@pytest.mark.slow
@pytest.mark.parametrize("name", ["kafka", "valkey"])
def test_accepting_goes_on_without(
    name: str, servers: Any, acme: TenantIdentity, client: Client
) -> None:
    with away(getattr(servers, name)) as ends:
        statuses = [client.post("/notify", _body(number))[0] for number in range(COUNT)]
        assert time.monotonic() < ends, "all were answered while it was away"
    assert set(statuses) == {202}
    eventually(lambda: _delivered(acme) == COUNT, 60, "all are delivered after")


@pytest.mark.slow
def test_without_postgresql_the_answer_is_503_and_nothing_is_half_done(
    servers: Any, acme: TenantIdentity, client: Client
) -> None:
    assert client.post("/notify", _body(0))[0] == 202
    with away(servers.postgres):
        status, problem = client.post("/notify", _body(1))
    assert status == 503
    assert problem["type"] == "urn:signalbus:error:unavailable"
    assert problem["status"] == 503
    assert client.post_until_accepted("/notify", _body(2))["status"] == "queued"
    eventually(lambda: _delivered(acme) == 2, 60, "both are delivered, without a restart")
    with in_tenant(acme):
        assert Notification.objects.count() == 2
    assert not OutboxEntry.objects.exists()


def _body(number: int) -> dict[str, Any]:
    return {"topic": "welcome", "recipient": {"email": f"person{number}@example.org"}}


def _delivered(tenant: TenantIdentity) -> int:
    with in_tenant(tenant):
        return Delivery.objects.filter(status="delivered").count()
