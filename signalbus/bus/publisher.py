"""Brings leased entries to Kafka and tells exactly which of them Kafka did not confirm."""

import json
from collections.abc import Sequence
from functools import partial
from typing import Any

from confluent_kafka import KafkaError, KafkaException, Producer

from signalbus.bus import envelope, kafka
from signalbus.bus.leases import Leased
from signalbus.core import tracing
from signalbus.core.logs import get_logger

SPARE_SECONDS = 1.0  # beyond the producer's own time-out, for its answer to arrive
PROBE_SECONDS = 1.0

log = get_logger(__name__)


class Publisher:
    """One idempotent producer, made anew after a fatal error or where it keeps silent."""

    def __init__(self) -> None:
        self._producer: Producer | None = kafka.producer()  # gets its id before the first entry
        self._broken = False

    def send(self, entries: Sequence[Leased]) -> list[Leased]:
        """Publish the entries and wait; returns those that were refused or not confirmed in time.

        A message that was not confirmed may arrive nevertheless: its generation makes that
        harmless. Never called inside a transaction.
        """
        confirmed = [False] * len(entries)
        for index, entry in enumerate(entries):
            self._produce(entry, partial(self._answer, confirmed, index))
        silent = self._connected().flush(kafka.CONFIRM_SECONDS + SPARE_SECONDS)
        if silent or self._broken:
            self._producer, self._broken = None, False
        return [entry for entry, ok in zip(entries, confirmed, strict=True) if not ok]

    def answers(self, stream: str) -> bool:
        """Whether Kafka answers and knows the stream; takes a second at most."""
        name = kafka.topic(stream)
        try:
            found = self._connected().list_topics(name, timeout=PROBE_SECONDS).topics[name]
        except KafkaException:
            return False
        return found.error is None

    def _connected(self) -> Producer:
        if self._producer is None:
            self._producer = kafka.producer()
        return self._producer

    def _produce(self, entry: Leased, answer: Any) -> None:
        try:
            self._connected().produce(
                kafka.topic(entry.stream),
                value=_message(entry),
                key=str(entry.partition_key),
                on_delivery=answer,
            )
        except (BufferError, KafkaException) as error:
            self._broken = True
            log.warning("publish.refused", stream=entry.stream, error=str(error))

    def _answer(
        self, confirmed: list[bool], index: int, error: KafkaError | None, _: object
    ) -> None:
        confirmed[index] = error is None
        self._broken |= error is not None and error.fatal()


def _message(entry: Leased) -> bytes:
    if not tracing.sampled(entry.trace):
        return envelope.encode(_envelope(entry, entry.trace))
    with tracing.span("publish", parent=entry.trace, stream=entry.stream):
        return envelope.encode(_envelope(entry, tracing.current_traceparent()))


def _envelope(entry: Leased, trace: str) -> envelope.Envelope:
    return envelope.Envelope(
        v=envelope.VERSION,
        tenant=entry.tenant_id,
        entry=entry.id,
        generation=entry.generation,
        purpose=entry.purpose,
        trace=trace,
        body=None if entry.body is None else json.loads(entry.body),
    )
