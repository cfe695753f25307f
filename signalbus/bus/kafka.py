"""Kafka's clients, each configured in one place. SIGNALBUS_KAFKA_OPTIONS goes into all of them."""

import logging
from typing import Any

from confluent_kafka import Consumer, Producer
from confluent_kafka.admin import AdminClient
from django.conf import settings

from signalbus.bus.streams import kafka_topic

CONFIRM_SECONDS = 5.0  # what Kafka may take to confirm a message before the entry is given back
SESSION_SECONDS = 6.0  # silence after which a killed consumer's partitions go to another
FETCH_WAIT_MS = 1000  # idle cost of six streams: about 0.1 % of a core more than with 5 s
METADATA_MS = 10_000  # until a consumer sees a topic or a partition that was made after it joined
LINGER_MS = 3  # gathers what is produced at once; a flush does not wait for it

_log = logging.getLogger("signalbus.kafka")


def topic(stream: str) -> str:
    """The Kafka topic of a stream of this installation."""
    return kafka_topic(settings.INSTALLATION, stream)


def producer() -> Producer:
    """A producer that repeats without doubling, and confirms only what all replicas have."""
    return Producer(
        _options(
            {
                "enable.idempotence": True,
                "acks": "all",
                "linger.ms": LINGER_MS,
                "message.timeout.ms": int(CONFIRM_SECONDS * 1000),
            }
        ),
        logger=_log,
    )


def consumer(group: str, member: str | None, **callbacks: Any) -> Consumer:
    """A consumer of the classic protocol whose offsets are committed by hand.

    `member` is the id of a static member, or None. Kafka answers a fetch as soon as there is
    something, so a long wait spares the polling of idle streams. But a partition that joins after
    the fetch went out (at the start, after a rebalance) is heard only when that fetch ends: with a
    wait of 5 s, one start in ten was deaf to some partitions for 5 s.
    """
    options = {
        "group.id": group,
        "group.protocol": "classic",
        "partition.assignment.strategy": "cooperative-sticky",
        "session.timeout.ms": int(SESSION_SECONDS * 1000),
        "heartbeat.interval.ms": 2000,
        "fetch.wait.max.ms": FETCH_WAIT_MS,
        "auto.offset.reset": "earliest",
        "topic.metadata.refresh.interval.ms": METADATA_MS,
        "enable.auto.commit": False,
        "enable.auto.offset.store": False,
        **callbacks,
    }
    if member:
        options["group.instance.id"] = member
    return Consumer(_options(options), logger=_log)


def admin(**callbacks: Any) -> AdminClient:
    """A client for making and changing topics."""
    return AdminClient(_options(callbacks), logger=_log)


def static_member(command: str, slot: str, stream: str) -> str:
    """The id that keeps a process's partitions for it over a restart; one process each."""
    return f"{settings.INSTALLATION}.{command}.{slot}.{stream}"


def _options(own: dict[str, Any]) -> dict[str, Any]:
    """The common options, the client's own, and over both what the installation sets."""
    common = {
        "bootstrap.servers": settings.KAFKA_BROKERS,
        "client.id": settings.INSTALLATION,
        "reconnect.backoff.ms": 100,
        "reconnect.backoff.max.ms": 1000,  # the default of 10 s would delay the return by as much
        "socket.keepalive.enable": True,
    }
    return {**common, **own, **settings.KAFKA_OPTIONS}
