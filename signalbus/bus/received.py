"""What a consumer hands out. Pure."""

from dataclasses import dataclass

from signalbus.bus.envelope import Envelope


@dataclass(frozen=True, slots=True)
class Received:
    """An envelope, and where it stood."""

    envelope: Envelope
    partition: int
    offset: int
