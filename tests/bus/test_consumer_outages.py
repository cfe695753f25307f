"""A consumer that outlives Kafka; and one that has to end, since another has its slot."""

import time
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest

from signalbus.bus import kafka
from signalbus.bus.consumer import ConsumerError, Received, StreamConsumer
from signalbus.bus.relay import Relay
from tests.bus.line import put
from tests.servers import servers_key

STREAM = "sms.bulk"
SLOT = "outages"
COMMITS = 10  # one a second: some of them while Kafka still knows the member of before


@pytest.fixture
def servers(request: pytest.FixtureRequest) -> Any:
    """The servers of this run; skipped where they were given from outside."""
    found = request.config.stash.get(servers_key, None)
    if found is None:
        pytest.skip("needs servers that this run has started itself")
    return found


@pytest.fixture
def member(database: None, streams: None) -> Iterator[StreamConsumer]:
    """A static member that has the stream's partitions."""
    consumer = StreamConsumer(STREAM, SLOT)
    _join(consumer)
    yield consumer
    consumer.close()


def _join(consumer: StreamConsumer) -> None:
    ends = time.monotonic() + 20
    while not consumer.assigned:
        assert time.monotonic() < ends
        consumer.poll(0, 0.1)


def _receive(relay: Relay, consumer: StreamConsumer, wanted: set[UUID]) -> list[Received]:
    """Those entries' messages; published again and again, as Kafka may be just coming back."""
    received: list[Received] = []
    ends = time.monotonic() + 40
    while {one.envelope.entry for one in received} != wanted:
        assert time.monotonic() < ends
        relay.drain()
        some = consumer.poll(100, 0.2)
        received += [one for one in some if one.envelope.entry in wanted]
    return received


@pytest.mark.slow
def test_a_slot_survives_an_outage_that_is_longer_than_its_session(
    relay: Relay, member: StreamConsumer, servers: Any
) -> None:
    received = _receive(relay, member, set(put(COMMITS, stream=STREAM)))
    servers.kafka.kill()
    time.sleep(kafka.SESSION_SECONDS + 1.0)
    servers.kafka.start()
    for one in received:  # as a worker whose turn takes long: without a poll
        member.commit([one])
        time.sleep(1.0)
    _receive(relay, member, set(put(stream=STREAM)))


def test_a_slot_that_another_process_takes_ends_the_first(member: StreamConsumer) -> None:
    other = StreamConsumer(STREAM, SLOT)
    try:
        _join(other)
        with pytest.raises(ConsumerError, match="same slot"):
            _poll_for(member, 2 * kafka.SESSION_SECONDS)
        assert other.assigned
    finally:
        other.close()


def _poll_for(consumer: StreamConsumer, seconds: float) -> None:
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        consumer.poll(10, 0.1)
