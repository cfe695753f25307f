"""The calls that this worker has claimed and not yet recorded."""

from collections.abc import Iterable, Iterator
from uuid import UUID

from delivery.pipeline.items import Call


class Flight:
    """Calls by the entry they hold."""

    def __init__(self) -> None:
        self._calls: dict[UUID, Call] = {}

    def __len__(self) -> int:
        return len(self._calls)

    def __contains__(self, entry: object) -> bool:
        return entry in self._calls

    def __iter__(self) -> Iterator[Call]:
        return iter(tuple(self._calls.values()))

    def begin(self, calls: Iterable[Call]) -> None:
        """They are claimed."""
        self._calls.update((call.entry, call) for call in calls)

    def end(self, call: Call) -> bool:
        """It is recorded, or given back; whether it was one of these."""
        mine = self._calls.get(call.entry)
        if mine is None or mine.attempt != call.attempt:
            return False
        del self._calls[call.entry]
        return True
