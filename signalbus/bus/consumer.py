"""Receives a stream's envelopes as a member of the group that shares it out."""

from collections.abc import Iterable
from typing import cast

from confluent_kafka import Message

from signalbus.bus import kafka
from signalbus.bus.envelope import EnvelopeError, decode
from signalbus.bus.lag import Lag
from signalbus.bus.member import ConsumerError, Member
from signalbus.bus.offsets import Offsets
from signalbus.bus.received import Received
from signalbus.bus.undecodable import Undecodable, bury

__all__ = ["ConsumerError", "Received", "StreamConsumer"]


class StreamConsumer:
    """One stream's consumer. For use by the one thread that owns the database connection.

    With `slot` it is a static member: started again within the session time-out it goes on with its
    partitions at once, but one that stays away blocks them for as long. `command` and `slot`
    together have to be unique among the running processes.
    """

    def __init__(self, stream: str, slot: str | None = None, command: str = "worker") -> None:
        self.stream = stream
        self._topic = kafka.topic(stream)
        self._offsets = Offsets(self._topic)
        self._kept: Message | None = None
        self._undecodable: list[Undecodable] = []
        self._lag = Lag(stream)
        instance = kafka.static_member(command, slot, stream) if slot else None
        self._member = Member(stream, instance, self._offsets)

    @property
    def group(self) -> str:
        """The Kafka group that shares out the stream: it has the topic's name."""
        return self._topic

    @property
    def assigned(self) -> bool:
        """Whether the group has given this consumer partitions."""
        return bool(self._offsets.partitions)

    def poll(self, limit: int, timeout: float) -> list[Received]:
        """At most `limit` envelopes; waits `timeout` seconds for the first, for the others never.

        Call it often, with the limit 0 too, for it keeps the membership alive. Each envelope has to
        be committed sooner or later. Raises ConsumerError, and what the database raises where an
        undecodable message cannot be written down.
        """
        self._bury()
        messages = self._take(limit, timeout)
        received = [found for message in messages if (found := self._decoded(message))]
        self._member.stay()
        self._offsets.commit_if_time(self._member.client)
        self._lag.measure(self._member.client, self._offsets.partitions)
        return received

    def commit(self, received: Iterable[Received]) -> None:
        """Note that these are claimed, settled or of no use, in any order; Kafka hears of it within
        a second."""
        for one in received:
            self._offsets.finish(one.partition, one.offset)
        self._offsets.commit_if_time(self._member.client)

    def close(self) -> None:
        """Commit what is done and leave the group; a static member stays for the session."""
        self._offsets.commit(self._member.client)
        self._member.client.close()
        self._lag.clear()

    def _take(self, limit: int, timeout: float) -> list[Message]:
        """Without waiting for a full batch, as `consume` alone would."""
        first, self._kept = self._kept or self._member.client.poll(timeout), None
        if first is None:
            return []
        if limit < 1:
            self._kept = first
            return []
        rest = self._member.client.consume(limit - 1, timeout=0) if limit > 1 else []
        return [first, *rest]

    def _decoded(self, message: Message) -> Received | None:
        error = message.error()
        if error is not None:
            self._member.note(error)
            return None
        partition, offset = cast(int, message.partition()), cast(int, message.offset())
        self._offsets.hand_out(partition, offset)
        try:
            return Received(decode(message.value()), partition, offset)
        except EnvelopeError as reason:
            self._undecodable.append(
                Undecodable(
                    stream=self.stream,
                    topic=self._topic,
                    partition=partition,
                    offset=offset,
                    reason=str(reason),
                )
            )
            return None

    def _bury(self) -> None:
        """Before anything new is taken, so that an error of the database loses nothing."""
        if self._undecodable:
            bury(self._undecodable)
            for message in self._undecodable:
                self._offsets.finish(message.partition, message.offset)
            self._undecodable.clear()
