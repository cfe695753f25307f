"""What comes in: the lanes polled by their order, as much at a time as can begin soon."""

import math
import time
from collections.abc import Mapping, Sequence
from typing import Protocol

from delivery.pipeline.appetite import Appetite
from delivery.pipeline.lanes import Rota
from signalbus.bus.received import Received

# Seconds since the last message -> seconds to wait on its lane, which answers at once, while the
# other lanes are not asked. A stack that nobody uses is woken less often; a wait of more than 0.2 s
# would not help, because the client looks up that often by itself.
WAITS = ((5.0, 0.02), (60.0, 0.1), (math.inf, 0.2))


class Source(Protocol):
    """A lane's messages; the bus's StreamConsumer."""

    def poll(self, limit: int, timeout: float) -> list[Received]: ...

    def commit(self, received: Sequence[Received]) -> None: ...

    def close(self) -> None: ...


class Intake:
    """What was polled stays until it is done, so that an outage of PostgreSQL loses nothing."""

    def __init__(self, sources: Mapping[str, Source]) -> None:
        self.polled: list[tuple[str, list[Received]]] = []
        self._sources = sources
        self._rota = Rota(list(sources))
        self._appetite = Appetite()
        self._hot = next(iter(sources))
        self._last = time.monotonic()

    @property
    def received(self) -> list[Received]:
        """All that was polled, the lane whose turn it is in front."""
        return [received for _, some in self.polled for received in some]

    def poll(self, free_places: int, waiting: int, *, may_wait: bool) -> None:
        """Take what is there; with nothing else to do, wait a moment on the lane that last had
        something. Where a lane raises, what the others gave is kept."""
        now = time.monotonic()
        left = self._appetite.limit(free_places, waiting, now)
        for lane in self._rota.next():
            left -= self._take(lane, left, 0.0)
        if may_wait and not self.polled:
            self._take(self._hot, left, wait(now - self._last))

    def done(self, started: int, waiting: int) -> None:
        """What was polled is claimed, settled, held or waits here: Kafka need not keep it."""
        now, count = time.monotonic(), len(self.received)
        for lane, some in self.polled:
            self._sources[lane].commit(some)
            self._hot, self._last = lane, now
        self.polled = []
        self._appetite.learn(polled=count, started=started, waiting=waiting, now=now)

    def _take(self, lane: str, limit: int, timeout: float) -> int:
        some = self._sources[lane].poll(limit, timeout)
        if some:
            self.polled.append((lane, some))
        return len(some)

    def close(self) -> None:
        """Leave the groups."""
        for source in self._sources.values():
            source.close()


def wait(quiet: float) -> float:
    """Seconds to wait for a message where the last one came so many seconds ago."""
    return next(wait for below, wait in WAITS if quiet <= below)
