"""Which moves somebody wants to be told. Pure."""

from dataclasses import dataclass
from uuid import UUID

from delivery.live.moves import Move


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Those of a mode; of one channel, topic, status or notification alone where it is named."""

    mode: str
    channel: str | None = None
    topic: str | None = None
    status: str | None = None
    notification: UUID | None = None

    def fits(self, move: Move) -> bool:
        """Whether the move is one of them."""
        return (
            move.mode == self.mode
            and self.channel in (None, move.channel)
            and self.topic in (None, move.topic)
            and self.status in (None, move.status)
            and self.notification in (None, move.notification)
        )
