"""Kafka: it answers, and the streams are there with their partitions and copies."""

from collections.abc import Iterator, Mapping
from typing import Any

from confluent_kafka import KafkaException
from django.conf import settings

from signalbus.bus import kafka
from signalbus.bus.streams import STREAMS
from signalbus.doctor.findings import Finding, counted, fail, ok, some, warn

SECONDS = 10.0
CREATE = "Run manage.py create_streams."


def probe() -> Iterator[Finding]:
    """One question for the metadata. Why it fails is told to the callback alone."""
    heard: list[str] = []
    client = kafka.admin(error_cb=lambda error: heard.append(error.str()))
    try:
        metadata = client.list_topics(timeout=SECONDS)
    except KafkaException as error:
        client.poll(0)
        why = heard[0] if heard else error.args[0].str()
        remedy = "Check KAFKA_BROKERS, SIGNALBUS_KAFKA_OPTIONS and whether the brokers run."
        yield fail(f"Kafka does not answer: {why}.", remedy)
        return
    yield ok(f"Kafka answers: {counted(len(metadata.brokers), 'broker')}.")
    known = {stream: metadata.topics.get(kafka.topic(stream)) for stream in STREAMS}
    yield from _streams(known, len(metadata.brokers))


def _streams(known: Mapping[str, Any], brokers: int) -> Iterator[Finding]:
    missing = [stream for stream, topic in known.items() if topic is None]
    there = {stream: topic.partitions for stream, topic in known.items() if topic is not None}
    narrow = [stream for stream, parts in there.items() if len(parts) < settings.STREAM_PARTITIONS]
    headless = [stream for stream, parts in there.items() if _without_leader(parts)]
    if missing:
        yield fail(f"Streams are missing: {some(missing)}.", CREATE)
    if narrow:
        yield warn(f"Streams have too few partitions: {some(narrow)}.", CREATE)
    if headless:
        yield fail(f"Partitions have no leader: {some(headless)}.", "Start the missing brokers.")
    yield from _copies(there, brokers)
    if not (missing or narrow or headless):
        yield ok(f"All {len(known)} streams have their partitions.")


def _copies(there: Mapping[str, Any], brokers: int) -> Iterator[Finding]:
    wanted = settings.STREAM_REPLICATION
    few = [stream for stream, parts in there.items() if _fewest_copies(parts) < wanted]
    if few:
        remedy = "Raise the topics' replication factor with kafka-reassign-partitions."
        yield warn(f"Streams have fewer than {wanted} copies: {some(few)}.", remedy)
    if brokers > 1 and wanted == 1:
        says = f"Kafka has {brokers} brokers, and streams have one copy."
        yield warn(
            says, "Set SIGNALBUS_STREAM_REPLICATION=3, and raise it of the topics there are."
        )


def _without_leader(partitions: Mapping[int, Any]) -> bool:
    return any(partition.leader < 0 for partition in partitions.values())


def _fewest_copies(partitions: Mapping[int, Any]) -> int:
    return min((len(partition.replicas) for partition in partitions.values()), default=0)
