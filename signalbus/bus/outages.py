"""Streams that Kafka refused: left alone with growing pauses until Kafka answers again. Pure."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

FIRST_PAUSE = 0.25  # seconds
LONGEST_PAUSE = 5.0  # seconds, where Kafka answers but goes on refusing
PROBE_EVERY = 0.5  # seconds between questions to a Kafka that does not answer


@dataclass(slots=True)
class _Outage:
    pause: float
    until: float


@dataclass(slots=True)
class Outages:
    """Which streams may be published now. `answers` asks Kafka whether it knows a stream."""

    answers: Callable[[str], bool]
    _outages: dict[str, _Outage] = field(default_factory=dict)

    def refused(self, stream: str, now: float) -> None:
        """Leave the stream alone; longer if it was refused before without a success between."""
        known = self._outages.get(stream)
        pause = min(known.pause * 2, LONGEST_PAUSE) if known else FIRST_PAUSE
        self._outages[stream] = _Outage(pause, now + pause)

    def succeeded(self, stream: str) -> None:
        """Forget the stream's outage."""
        self._outages.pop(stream, None)

    def __bool__(self) -> bool:
        return bool(self._outages)

    def open(self, streams: Iterable[str], now: float) -> list[str]:
        """Those that may be published: never refused, or paused long enough and Kafka answers."""
        return [stream for stream in streams if self._is_open(stream, now)]

    def _is_open(self, stream: str, now: float) -> bool:
        outage = self._outages.get(stream)
        if outage is None:
            return True
        if now < outage.until:
            return False
        if self.answers(stream):
            return True
        for other in self._outages.values():
            other.until = max(other.until, now + PROBE_EVERY)
        return False
