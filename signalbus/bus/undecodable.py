"""Messages that are no envelope: told to the stream `dead`, so that nothing is lost in silence."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import NAMESPACE_URL, UUID, uuid5

from django.db import transaction

from signalbus.bus import outbox
from signalbus.bus.purposes import Purpose
from signalbus.bus.streams import DEAD
from signalbus.core.logs import get_logger

log = get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Undecodable:
    """Where the message stands, and why it cannot be read. Its content stays where it is."""

    stream: str
    topic: str
    partition: int
    offset: int
    reason: str

    @property
    def id(self) -> UUID:
        """The same for the same message, so that meeting it twice tells of it once."""
        return uuid5(NAMESPACE_URL, f"kafka:{self.topic}/{self.partition}/{self.offset}")


def bury(messages: Sequence[Undecodable]) -> None:
    """Write one entry for the dead stream about each message, in a transaction of its own."""
    with transaction.atomic():
        outbox.publish([_entry(message) for message in messages])
    for message in messages:
        log.error("message.undecodable", **_body(message))


def _entry(message: Undecodable) -> outbox.NewEntry:
    return outbox.NewEntry(
        id=message.id,
        stream=DEAD,
        tenant_id=outbox.PLATFORM,
        partition_key=outbox.partition_key(outbox.PLATFORM, message.id),
        purpose=Purpose.MESSAGE,
        body={"class": "undecodable", **_body(message)},
    )


def _body(message: Undecodable) -> dict[str, str | int]:
    return {
        "reason": message.reason,
        "stream": message.stream,
        "partition": message.partition,
        "offset": message.offset,
    }
