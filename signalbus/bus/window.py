"""How much of a stream may wait in Kafka: a moment's work, the rest waits in the line. Pure.

What waits in Kafka can no longer be overtaken, paused or shared out fairly, so it is kept short;
too short, and workers run dry between two looks of the relay.
"""

import math
from dataclasses import dataclass

SECONDS = 0.5  # of work: a tenant that comes new waits about as long behind a crowd
FLOOR = 600  # entries: several workers can always fill their places
CEILING = 10_000  # entries: counting them takes some 3 ms
MEMORY = 2.0  # seconds in which a measured rate is half forgotten


@dataclass(slots=True)
class Window:
    """The room of one stream, from the rate at which workers take entries out of it.

    An entry leaves the window when it is claimed, held or settled: calls under way do not count, or
    a slow provider would fill it. Of several relays each sees the rate less what the others
    published, so their windows are smaller; the floor keeps them wide enough.
    """

    rate: float = 0.0
    _waiting: int = 0
    _seen_at: float | None = None

    @property
    def size(self) -> int:
        """How many entries may wait in Kafka at this rate."""
        return int(min(max(self.rate * SECONDS, FLOOR), CEILING))

    def publish(self, count: int) -> None:
        """Note that so many entries more wait."""
        self._waiting += count

    def observe(self, waiting: int, now: float) -> None:
        """Learn from how many wait in truth at `now` (seconds of a steady clock)."""
        if self._seen_at is not None and now > self._seen_at:
            elapsed = now - self._seen_at
            taken = max(self._waiting - waiting, 0) / elapsed
            kept = math.exp2(-elapsed / MEMORY)
            self.rate = kept * self.rate + (1 - kept) * taken
        self._waiting, self._seen_at = waiting, now
