"""The trial broker: what is produced to it is consumed from it, by other processes."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from confluent_kafka import Consumer, Producer

from signalbus.embedded.child import start
from signalbus.embedded.paths import Home
from signalbus.embedded.probes import answers
from signalbus.embedded.trial_broker import TrialBroker


@pytest.fixture
def broker(tmp_path: Path, free_port: int) -> Iterator[TrialBroker]:
    broker = TrialBroker(home=Home(root=tmp_path), port=free_port)
    broker.prepare()
    unit = broker.unit()
    assert unit.probe
    child = start(unit)
    ends = time.monotonic() + 15
    while not answers(unit.probe):
        assert child.alive(), Path(unit.log).read_text()
        assert time.monotonic() < ends
        time.sleep(0.05)
    yield broker
    child.ask_to_stop()
    while child.alive():
        time.sleep(0.05)


def test_it_keeps_a_message_for_its_consumer(broker: TrialBroker) -> None:
    producer = Producer({"bootstrap.servers": broker.address, "enable.idempotence": True})
    producer.produce("signalbus.email.high", key=b"key", value=b"look at entry 1")
    assert producer.flush(10) == 0
    assert (
        len(producer.list_topics("signalbus.email.high").topics["signalbus.email.high"].partitions)
        == 4
    )

    settings = {"bootstrap.servers": broker.address, "group.id": "workers"}
    consumer = Consumer({**settings, "auto.offset.reset": "earliest"})
    consumer.subscribe(["signalbus.email.high"])
    message = consumer.poll(10)
    consumer.close()
    assert message is not None
    assert message.value() == b"look at entry 1"
