"""The metrics of a consumer: which partitions it has, and how far it is behind them."""

import time
from collections.abc import Sequence

from confluent_kafka import Consumer, TopicPartition

from signalbus.bus import kafka
from signalbus.core.metrics import KAFKA_ASSIGNED_PARTITIONS, KAFKA_CONSUMER_LAG, stream_labels

EVERY_SECONDS = 5.0


class Lag:
    """One stream's lag, from what the last fetches told, without asking Kafka."""

    def __init__(self, stream: str) -> None:
        self._topic = kafka.topic(stream)
        self._metric = KAFKA_CONSUMER_LAG.labels(*stream_labels(stream))
        self._assigned = KAFKA_ASSIGNED_PARTITIONS.labels(*stream_labels(stream))
        self._next = 0.0

    def measure(self, consumer: Consumer, partitions: Sequence[int]) -> None:
        """Set the metrics, if it is time."""
        now = time.monotonic()
        if now < self._next:
            return
        self._next = now + EVERY_SECONDS
        self._assigned.set(len(partitions))
        self._metric.set(sum(self._behind(consumer, partition) for partition in partitions))

    def clear(self) -> None:
        """Say that nothing waits for this consumer any more."""
        self._assigned.set(0)
        self._metric.set(0)

    def _behind(self, consumer: Consumer, partition: int) -> int:
        place = TopicPartition(self._topic, partition)
        _, high = consumer.get_watermark_offsets(place, cached=True)
        (reached,) = consumer.position([place])
        return max(high - reached.offset, 0) if high >= 0 and reached.offset >= 0 else 0
