"""A relay of this process."""

from collections.abc import Iterator

import pytest

from signalbus.bus.consumer import StreamConsumer
from signalbus.bus.relay import Relay


@pytest.fixture
def relay(database: None, streams: None) -> Relay:
    """A relay that is asked step by step."""
    return Relay()


@pytest.fixture
def sms_consumer(database: None, streams: None) -> Iterator[StreamConsumer]:
    """A member of the group of `sms.high` that has its partitions and has read what was there."""
    consumer = StreamConsumer("sms.high")
    while not consumer.assigned:
        consumer.poll(0, 0.1)
    while old := consumer.poll(1000, 1.5):
        consumer.commit(old)
    yield consumer
    consumer.close()
