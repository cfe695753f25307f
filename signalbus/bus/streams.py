"""Streams and lanes: the one table of what flows where."""

from enum import StrEnum

DEAD = "dead"


class Channel(StrEnum):
    """A way to reach a person that has a worker. A new channel begins with a line here."""

    EMAIL = "email"
    SMS = "sms"


class Lane(StrEnum):
    """Priorities, the most urgent first."""

    HIGH = "high"
    NORMAL = "normal"
    BULK = "bulk"


def stream_of(channel: str, lane: str) -> str:
    """The stream that carries a lane of a channel, such as `email.high`."""
    return f"{channel}.{lane}"


DELIVERY_STREAMS = tuple(stream_of(channel, lane) for channel in Channel for lane in Lane)
STREAMS = (*DELIVERY_STREAMS, DEAD)


def kafka_topic(prefix: str, stream: str) -> str:
    """The name that Kafka knows a stream by, such as `signalbus.email.high`."""
    return f"{prefix}.{stream}"
