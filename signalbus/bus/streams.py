"""Streams and lanes: the one table of what flows where."""

from collections.abc import Collection
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


def lane_of(stream: str) -> str:
    """The lane of a delivery stream: `email.high` → `high`; nothing of a stream without lanes."""
    return stream.partition(".")[2]


DELIVERY_STREAMS = tuple(stream_of(channel, lane) for channel in Channel for lane in Lane)
STREAMS = (*DELIVERY_STREAMS, DEAD)
# The order in which the relay serves them: lane by lane, whatever the channel.
BY_URGENCY = (*(stream_of(channel, lane) for lane in Lane for channel in Channel), DEAD)


def relayed(lanes: Collection[str]) -> tuple[str, ...]:
    """The streams of a relay that serves those lanes, in order. What has no lane, any serves."""
    return tuple(stream for stream in BY_URGENCY if lane_of(stream) in {"", *lanes})


def kafka_topic(prefix: str, stream: str) -> str:
    """The name that Kafka knows a stream by, such as `signalbus.email.high`."""
    return f"{prefix}.{stream}"
