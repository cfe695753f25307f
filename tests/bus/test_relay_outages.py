"""A relay that outlives its servers: Kafka or PostgreSQL is killed, and comes back."""

import time
from typing import Any

import pytest
from django.db import OperationalError, connection

from signalbus.bus.models import OutboxEntry
from tests.bus.line import put, taken
from tests.processes import Processes, eventually
from tests.servers import servers_key

pytestmark = pytest.mark.slow
AWAY = 8.0  # seconds: longer than the producer's patience


@pytest.fixture
def servers(request: pytest.FixtureRequest) -> Any:
    """The servers of this run; skipped where they were given from outside."""
    found = request.config.stash.get(servers_key, None)
    if found is None:
        pytest.skip("needs servers that this run has started itself")
    return found


def _database_answers() -> bool:
    connection.close()
    try:
        connection.ensure_connection()
    except OperationalError:  # it recovers from the kill
        return False
    return True


def test_without_kafka_nothing_churns_and_its_return_is_noticed_soon(
    processes: Processes, servers: Any
) -> None:
    processes.relay()
    put()
    eventually(lambda: taken() == 1, 20)
    servers.kafka.kill()
    put(200)
    time.sleep(AWAY)
    generations = set(OutboxEntry.objects.values_list("generation", flat=True))
    assert max(generations) <= 2
    servers.kafka.start()
    eventually(lambda: taken() == 201, 5, "publishing resumed")


def test_postgresql_comes_back_and_the_relay_goes_on(processes: Processes, servers: Any) -> None:
    relay = processes.relay()
    put()
    eventually(lambda: taken() == 1, 20)
    servers.postgres.kill()
    time.sleep(2.0)
    servers.postgres.start()
    eventually(_database_answers, 20, "PostgreSQL recovered")
    put(50)
    eventually(lambda: taken() == 51, 10, "publishing resumed")
    assert relay.stop() == 0
