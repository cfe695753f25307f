"""How many messages to take at a time. Pure: `now` is the monotonic clock."""

CHUNK = 500  # messages of a turn: enough that a statement is worth its round trip
LEAST = 256  # several times what 64 places begin in a turn, so that no worker runs dry
HANDFUL = 64  # taken where everybody waits, to find those whose account is free
SHORTEST = 0.05  # seconds between handfuls that found nobody
LONGEST = 1.0


class Appetite:
    """As much as can begin soon; what only waits for a place has been read for nothing.

    Where a slow account's messages have filled the room, the next ones may be another account's,
    which must not wait for it; so a handful is tried now and then.
    """

    def __init__(self) -> None:
        self._size = CHUNK
        self._pause = SHORTEST
        self._not_before = 0.0

    def limit(self, free_places: int, waiting: int, now: float) -> int:
        """So many messages may be polled now."""
        if free_places < 1:
            return 0
        if waiting < self._size:
            return self._size - waiting
        return HANDFUL if now >= self._not_before else 0

    def learn(self, *, polled: int, started: int, waiting: int, now: float) -> None:
        """What came of the messages that were polled: so many of them have begun."""
        if not polled:
            return
        if not waiting:
            self._size = min(CHUNK, self._size * 2)
        elif not started:
            self._not_before = now + self._pause
            self._pause = min(LONGEST, self._pause * 2)
        if waiting >= self._size:
            self._size = max(LEAST, self._size // 2)
        if started:
            self._pause, self._not_before = SHORTEST, 0.0
