"""The consumer over the real Kafka: what it hands out, what it commits, and what is dead."""

import time
from collections.abc import Callable
from uuid import UUID

import pytest
from prometheus_client import REGISTRY

from signalbus.bus import kafka, lag
from signalbus.bus.consumer import Received, StreamConsumer
from signalbus.bus.models import OutboxEntry
from signalbus.bus.outbox import PLATFORM
from signalbus.bus.relay import Relay
from signalbus.bus.streams import DEAD
from tests.bus.line import held, put, statements
from tests.processes import eventually

STREAM = "sms.high"


def _receive(consumer: StreamConsumer, count: int, *, limit: int = 100) -> list[Received]:
    """So many envelopes, or what came within ten seconds."""
    received: list[Received] = []
    ends = time.monotonic() + 10
    while len(received) < count and time.monotonic() < ends:
        received += consumer.poll(limit, 0.2)
    return received


def _entries(received: list[Received]) -> set[UUID]:
    return {one.envelope.entry for one in received}


def _produce(*messages: bytes | None) -> None:
    producer = kafka.producer()
    for message in messages:
        producer.produce(kafka.topic(STREAM), message, partition=0)
    assert producer.flush(10) == 0


def _joined(consumer: StreamConsumer) -> StreamConsumer:
    while not consumer.assigned:
        consumer.poll(0, 0.1)
    return consumer


def test_what_the_relay_publishes_arrives(relay: Relay, sms_consumer: StreamConsumer) -> None:
    ids = put(30, stream=STREAM, tenant=7, trace="00-" + "a" * 32 + "-" + "b" * 16 + "-00")
    relay.drain()
    received = _receive(sms_consumer, 30)
    assert _entries(received) == set(ids)
    envelope = received[0].envelope
    assert (envelope.tenant, envelope.generation, envelope.purpose) == (7, 1, "send")
    assert envelope.trace.startswith("00-aaaa")


def test_one_message_is_not_kept_waiting_for_a_batch(
    relay: Relay, sms_consumer: StreamConsumer
) -> None:
    put(stream=STREAM)
    relay.drain()
    began = time.monotonic()
    assert len(sms_consumer.poll(100, 10.0)) == 1
    assert time.monotonic() - began < 2


def test_no_more_than_the_limit_and_nothing_at_zero(
    relay: Relay, sms_consumer: StreamConsumer
) -> None:
    ids = put(20, stream=STREAM)
    relay.drain()
    assert sms_consumer.poll(0, 2.0) == []
    assert sms_consumer.poll(0, 2.0) == []
    received: list[Received] = []
    while len(received) < 20:
        batch = sms_consumer.poll(6, 1.0)
        assert len(batch) <= 6
        received += batch
    assert _entries(received) == set(ids)


def test_what_was_not_committed_comes_again_and_nothing_else(
    relay: Relay, sms_consumer: StreamConsumer
) -> None:
    put(5, stream=STREAM)
    relay.drain()
    received = sorted(_receive(sms_consumer, 5), key=lambda one: (one.partition, one.offset))
    partition = received[-1].partition
    same = [one for one in received if one.partition == partition]
    sms_consumer.commit([one for one in received if one is not same[0]])
    sms_consumer.close()
    again = _joined(StreamConsumer(STREAM))
    try:
        assert _entries(_receive(again, len(same))) == _entries(same)
    finally:
        again.commit(same)
        again.close()


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        (b"garbage", "not an envelope"),
        (None, "not an envelope"),
        (b'{"v": 2, "shape": "unknown"}', "newer than 1"),
    ],
)
def test_what_cannot_be_decoded_is_told_to_the_dead_stream(
    relay: Relay, sms_consumer: StreamConsumer, message: bytes | None, reason: str
) -> None:
    _produce(message)
    assert _receive(sms_consumer, 0) == []
    _until_buried(sms_consumer)
    entry = OutboxEntry.objects.get(stream=DEAD)
    assert (entry.tenant_id, entry.purpose) == (PLATFORM, "message")
    assert reason in entry.body["reason"]
    assert entry.body["stream"] == STREAM
    assert entry.body.keys() == {"class", "reason", "stream", "partition", "offset"}
    assert relay.drain() == 1


def test_good_messages_beside_a_bad_one_arrive(sms_consumer: StreamConsumer, relay: Relay) -> None:
    _produce(b"garbage")
    (entry,) = put(stream=STREAM)
    relay.drain()
    assert _entries(_receive(sms_consumer, 1)) == {entry}
    _until_buried(sms_consumer)


def test_the_body_of_a_dead_message_reaches_kafka(
    relay: Relay, sms_consumer: StreamConsumer
) -> None:
    _produce(b"garbage")
    _until_buried(sms_consumer)
    relay.drain()
    dead = _joined(StreamConsumer(DEAD))
    try:
        classes = set()
        eventually(
            lambda: classes.update(_classes(_receive(dead, 1))) or "undecodable" in classes,
            what="what earlier tests buried comes before it",
        )
    finally:
        dead.close()


def test_burying_many_is_two_statements(sms_consumer: StreamConsumer) -> None:
    _produce(*[b"garbage"] * 50)
    sms_consumer.poll(100, 5.0)
    time.sleep(0.2)
    sms_consumer.poll(0, 0)
    with statements() as seen:
        _until_buried(sms_consumer)
    assert len([one for one in seen if "INSERT" in one]) <= 1


def test_a_claimed_batch_may_be_committed_in_any_order(
    relay: Relay, sms_consumer: StreamConsumer
) -> None:
    put(10, stream=STREAM)
    relay.drain()
    received = _receive(sms_consumer, 10)
    sms_consumer.commit(reversed(received))
    sms_consumer.close()
    again = _joined(StreamConsumer(STREAM))
    try:
        assert _receive_for(again, 1.5) == []
    finally:
        again.close()


def test_the_lag_is_what_waits_in_kafka(
    relay: Relay, sms_consumer: StreamConsumer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lag, "EVERY_SECONDS", 0.0)
    monkeypatch.setattr(sms_consumer, "_lag", lag.Lag(STREAM))
    lane = {"channel": "sms", "lane": "high"}
    put(40, stream=STREAM)
    relay.drain()
    seen = []
    for _ in range(40):
        received = sms_consumer.poll(1, 2.0)
        seen.append(REGISTRY.get_sample_value("signalbus_kafka_consumer_lag", lane))
        sms_consumer.commit(received)
    assert max(seen) > 0
    assert seen[-1] == 0


def test_partitions_are_shared_out_among_members(sms_consumer: StreamConsumer) -> None:
    other = StreamConsumer(STREAM)
    try:
        _until(lambda: other.assigned, sms_consumer, other)
        assert sms_consumer.assigned
    finally:
        other.close()


def _until(true: Callable[[], bool], *consumers: StreamConsumer) -> None:
    ends = time.monotonic() + 15
    while not true():
        assert time.monotonic() < ends
        for consumer in consumers:
            consumer.commit(consumer.poll(10, 0.1))


def _until_buried(consumer: StreamConsumer) -> None:
    _until(lambda: OutboxEntry.objects.filter(stream=DEAD).exists(), consumer)


def _classes(received: list[Received]) -> set[str]:
    return {one.envelope.body["class"] for one in received if "class" in one.envelope.body}


def _receive_for(consumer: StreamConsumer, seconds: float) -> list[Received]:
    ends = time.monotonic() + seconds
    received: list[Received] = []
    while time.monotonic() < ends:
        received += consumer.poll(100, 0.2)
    return received


def test_an_entry_of_the_line_stays_until_it_is_settled(
    relay: Relay, sms_consumer: StreamConsumer
) -> None:
    (entry,) = put(stream=STREAM)
    relay.drain()
    sms_consumer.commit(_receive(sms_consumer, 1))
    assert held(entry).published
