"""Commits a consumer's offsets: at most once a second, and only what is done without a gap."""

import time
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from confluent_kafka import Consumer, KafkaError, KafkaException, TopicPartition

from signalbus.bus.progress import Progress
from signalbus.core.logs import get_logger
from signalbus.core.metrics import KAFKA_COMMIT_LATENCY_SECONDS

EVERY_SECONDS = 1.0

log = get_logger(__name__)


class Offsets:
    """The progress of one topic's assigned partitions.

    Commits are asynchronous: one that is lost costs some messages that come again, and the outbox
    entry's generation makes that harmless.
    """

    def __init__(self, topic: str) -> None:
        self._topic = topic
        self._partitions: dict[int, Progress] = {}
        self._moved: set[int] = set()
        self._next = 0.0
        self._began = 0.0

    @property
    def partitions(self) -> list[int]:
        """The partitions that are this consumer's."""
        return list(self._partitions)

    def assign(self, partitions: Iterable[int]) -> None:
        """Begin with partitions that are the consumer's from now on."""
        self._partitions.update({partition: Progress() for partition in partitions})

    def drop(self, partitions: Iterable[int]) -> None:
        """Forget partitions that belong to somebody else now."""
        for partition in partitions:
            self._partitions.pop(partition, None)
            self._moved.discard(partition)

    def hand_out(self, partition: int, offset: int) -> None:
        """Note a message that was given to the caller."""
        if partition in self._partitions:
            self._partitions[partition].hand_out(offset)

    def finish(self, partition: int, offset: int) -> None:
        """Note that a message is done; of partitions that went elsewhere nothing is noted."""
        progress = self._partitions.get(partition)
        if progress is not None and progress.finish(offset):
            self._moved.add(partition)

    def commit_if_time(self, consumer: Consumer) -> None:
        """Commit what has moved, unless the last commit was a moment ago."""
        if self._moved and time.monotonic() >= self._next:
            self.commit(consumer)

    def commit(self, consumer: Consumer) -> None:
        """Commit what has moved now."""
        if not self._moved:
            return
        offsets = [
            TopicPartition(self._topic, partition, self._partitions[partition].position)
            for partition in self._moved
        ]
        self._moved.clear()
        self._began = time.monotonic()
        self._next = self._began + EVERY_SECONDS
        with suppress(KafkaException):  # no connection: the next commit says it all again
            consumer.commit(offsets=offsets, asynchronous=True)

    def committed(self, error: KafkaError | None, _: Any) -> None:
        """Kafka's answer to a commit, as the client's callback."""
        if error is None:
            KAFKA_COMMIT_LATENCY_SECONDS.observe(time.monotonic() - self._began)
        else:
            log.warning("offsets.not_committed", topic=self._topic, error=error.str())
