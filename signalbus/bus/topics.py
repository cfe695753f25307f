"""Makes the Kafka topics of all streams, and widens those that have too few partitions."""

import time
from collections.abc import Iterator, Mapping
from typing import Any, cast

from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import AdminClient, NewPartitions, NewTopic
from django.conf import settings

from signalbus.bus import kafka
from signalbus.bus.streams import DEAD, STREAMS
from signalbus.core.errors import SignalbusError

METADATA_SECONDS = 10.0
ANSWER_SECONDS = 30.0
DAY_MS = 24 * 3600 * 1000
# Hints are worth nothing once their entry has come due again; dead letters are for people to read.
RETENTION_MS = {stream: 30 * DAY_MS if stream == DEAD else DAY_MS for stream in STREAMS}


class TopicError(SignalbusError):
    """Kafka cannot be reached, or refused to make a topic; the message says which and why."""


def create() -> Iterator[str]:
    """Bring every stream's topic to the settings; yields what was done for each.

    May be repeated, also by several processes at once. Ends when Kafka tells of them all, since a
    consumer that joins earlier may never see its topic. Raises TopicError.
    """
    client = kafka.admin()
    known = _partitions(client)
    missing = [stream for stream in STREAMS if kafka.topic(stream) not in known]
    yield from _make(client, missing)
    for stream in STREAMS:
        if stream not in missing:
            yield _widen(client, kafka.topic(stream), known[kafka.topic(stream)])
    _wait_until_known(client)


def _partitions(client: AdminClient) -> dict[str, int]:
    try:
        topics = client.list_topics(timeout=METADATA_SECONDS).topics
    except KafkaException as error:
        raise TopicError(
            f"Kafka at {settings.KAFKA_BROKERS} does not answer: {_words(error)}."
            " Check KAFKA_BROKERS and whether the broker runs."
        ) from error
    return {name: len(topic.partitions) for name, topic in topics.items()}


def _wait_until_known(client: AdminClient) -> None:
    """Metadata follow a change after some milliseconds."""
    ends = time.monotonic() + ANSWER_SECONDS
    while missing := _too_small(client):
        if time.monotonic() > ends:
            raise TopicError(f"Kafka does not tell of the topic {missing[0]}. Try again.")
        time.sleep(0.1)


def _too_small(client: AdminClient) -> list[str]:
    known = _partitions(client)
    names = [kafka.topic(stream) for stream in STREAMS]
    return [name for name in names if known.get(name, 0) < settings.STREAM_PARTITIONS]


def _make(client: AdminClient, streams: list[str]) -> Iterator[str]:
    new = [
        NewTopic(
            kafka.topic(stream),
            num_partitions=settings.STREAM_PARTITIONS,
            replication_factor=settings.STREAM_REPLICATION,
            config={"retention.ms": str(RETENTION_MS[stream])},
        )
        for stream in streams
    ]
    for name, error in _outcomes(client.create_topics(new) if new else {}).items():
        if error is None:
            yield f"{name}: made with {settings.STREAM_PARTITIONS} partitions"
        elif error.code() == KafkaError.TOPIC_ALREADY_EXISTS:
            yield f"{name}: made by another process meanwhile"
        else:
            raise TopicError(f"Kafka did not make the topic {name}: {error.str()}.")


def _widen(client: AdminClient, name: str, partitions: int) -> str:
    wanted = settings.STREAM_PARTITIONS
    if partitions == wanted:
        return f"{name}: has its {wanted} partitions"
    if partitions > wanted:
        return f"{name}: keeps {partitions} partitions, since Kafka cannot take any away"
    error = _outcomes(client.create_partitions([NewPartitions(name, wanted)]))[name]
    if error is not None:
        raise TopicError(f"Kafka did not widen the topic {name} to {wanted}: {error.str()}.")
    return f"{name}: widened from {partitions} to {wanted} partitions"


def _outcomes(futures: Mapping[str, Any]) -> dict[str, KafkaError | None]:
    return {name: _outcome(future) for name, future in futures.items()}


def _outcome(future: Any) -> KafkaError | None:
    try:
        future.result(timeout=ANSWER_SECONDS)
    except KafkaException as error:
        return cast(KafkaError, error.args[0])
    return None


def _words(error: KafkaException) -> str:
    return str(error.args[0].str())
