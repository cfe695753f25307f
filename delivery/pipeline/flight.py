"""The calls that this worker has claimed and not yet recorded."""

import time
from collections.abc import Iterable, Iterator
from uuid import UUID

from delivery.pipeline.items import Call


class Flight:
    """Calls by the entry they hold."""

    def __init__(self) -> None:
        self._calls: dict[UUID, Call] = {}
        self._began: dict[UUID, float] = {}

    def __len__(self) -> int:
        return len(self._calls)

    def __contains__(self, entry: object) -> bool:
        return entry in self._calls

    def __iter__(self) -> Iterator[Call]:
        return iter(tuple(self._calls.values()))

    def begin(self, calls: Iterable[Call]) -> None:
        """They are claimed."""
        now = time.monotonic()
        for call in calls:
            self._calls[call.entry] = call
            self._began[call.entry] = now

    def older_than(self, seconds: float) -> list[Call]:
        """Those that were claimed longer ago."""
        before = time.monotonic() - seconds
        return [call for entry, call in self._calls.items() if self._began[entry] < before]

    def end(self, call: Call) -> bool:
        """It is recorded, or given back; whether it was one of these."""
        mine = self._calls.get(call.entry)
        if mine is None or mine.attempt != call.attempt:
            return False
        del self._calls[call.entry]
        del self._began[call.entry]
        return True
