"""How many messages to take at a time. Pure: `now` is the monotonic clock."""

CHUNK = 500  # messages of a turn: enough that a statement is worth its round trip
HANDFUL = 64  # taken where everybody waits, to find those whose account is free
SHORTEST = 0.05  # seconds between handfuls that found nobody
LONGEST = 1.0


class Appetite:
    """A full chunk while there is room to wait; else a handful now and then.

    Where a slow account's messages have filled the room, the next ones may be another account's,
    which must not wait for it; so a little is always tried.
    """

    def __init__(self) -> None:
        self._pause = SHORTEST
        self._not_before = 0.0

    def limit(self, free_places: int, waiting: int, now: float) -> int:
        """So many messages may be polled now."""
        if free_places < 1:
            return 0
        if waiting < CHUNK:
            return CHUNK - waiting
        return HANDFUL if now >= self._not_before else 0

    def learn(self, *, polled: int, started: int, waiting: int, now: float) -> None:
        """What came of the messages that were polled."""
        if waiting < CHUNK or started:
            self._pause, self._not_before = SHORTEST, 0.0
        elif polled:
            self._not_before = now + self._pause
            self._pause = min(LONGEST, self._pause * 2)
