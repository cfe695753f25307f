"""A stream's member of its Kafka group: which partitions it has, and whether it may stay."""

import math
import time
from typing import Any

from confluent_kafka import Consumer, KafkaError, TopicPartition

from signalbus.bus import kafka
from signalbus.bus.offsets import Offsets
from signalbus.core.errors import SignalbusError
from signalbus.core.logs import get_logger
from signalbus.core.metrics import KAFKA_REBALANCES, stream_labels

log = get_logger(__name__)


class ConsumerError(SignalbusError):
    """The consumer cannot go on, such as when another process runs under the same slot."""


class Member:
    """Kafka's client of one stream, made anew where Kafka has shut it out by mistake.

    Kafka shuts a static member out for good once another process has come under its slot. But it
    takes a member for another one, too, where a commit waits while the session runs out, as in an
    outage of some seconds: the client then forgets who it was, and sends the commit nevertheless.
    So whoever is shut out after losing its partitions, or just after getting them again, comes
    back. Of two processes that fight for a slot after an outage, one gives in soon.
    """

    def __init__(self, stream: str, instance: str | None, offsets: Offsets) -> None:
        self._stream = stream
        self._instance = instance
        self._offsets = offsets
        self._fatal: KafkaError | None = None
        self._doubtful_until = 0.0  # by the monotonic clock
        self.client = self._join()

    def stay(self) -> None:
        """Come back if Kafka has shut this member out by mistake. Raises ConsumerError if it is
        out for good."""
        fatal = self._fatal
        if fatal is None:
            return
        if not (_is_fenced(fatal) and time.monotonic() < self._doubtful_until):
            raise ConsumerError(_words(fatal, self._stream))
        log.warning("consumer.joins_anew", stream=self._stream, error=fatal.str())
        self.client.close()
        self._offsets.drop(self._offsets.partitions)
        self._fatal = None
        self.client = self._join()

    def note(self, error: KafkaError) -> None:
        """Kafka's client tells of an error, by itself or in a message's place.

        A consumer's fatal error comes in a message's place, and is known by its code alone.
        """
        if error.fatal() or error.code() == KafkaError._FATAL:
            self._fatal = error
        else:
            log.warning("consumer.kafka_error", stream=self._stream, error=error.str())

    def _join(self) -> Consumer:
        topic = kafka.topic(self._stream)
        client = kafka.consumer(
            topic, self._instance, on_commit=self._offsets.committed, error_cb=self.note
        )
        client.subscribe(
            [topic], on_assign=self._assigned, on_revoke=self._revoked, on_lost=self._lost
        )
        return client

    def _assigned(self, _: Any, partitions: list[TopicPartition]) -> None:
        seen_through = time.monotonic() + kafka.SESSION_SECONDS
        self._doubtful_until = min(self._doubtful_until, seen_through)
        self._offsets.assign(one.partition for one in partitions)
        self._note_rebalance("assigned", partitions)

    def _revoked(self, _: Any, partitions: list[TopicPartition]) -> None:
        self._offsets.commit(self.client)
        self._offsets.drop(one.partition for one in partitions)
        self._note_rebalance("revoked", partitions)

    def _lost(self, _: Any, partitions: list[TopicPartition]) -> None:
        self._doubtful_until = math.inf
        self._offsets.drop(one.partition for one in partitions)
        self._note_rebalance("lost", partitions)

    def _note_rebalance(self, what: str, partitions: list[TopicPartition]) -> None:
        KAFKA_REBALANCES.labels(*stream_labels(self._stream)).inc()
        numbers = sorted(one.partition for one in partitions)
        log.info("consumer.rebalanced", stream=self._stream, what=what, partitions=numbers)


def _is_fenced(error: KafkaError) -> bool:
    """Whether Kafka says so; the code of a fatal error tells nothing of its reason."""
    return error.code() == KafkaError.FENCED_INSTANCE_ID or "fenced" in error.str().lower()


def _words(error: KafkaError, stream: str) -> str:
    if _is_fenced(error):
        return f"Another process consumes {stream} under the same slot: give each its own --slot."
    return f"The consumer of {stream} cannot go on: {error.str()}. Start the process again."
