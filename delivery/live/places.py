"""How far a tenant's moves were handed on, without passing by one that is not there yet. Pure.

The ids come from a sequence, by whoever changes deliveries, before that is committed: of two
transactions the one with the greater ids may be seen first. Ids that follow each other are handed
on at once. Where one is missing, its transaction is under way, or was rolled back; to tell, a mark
is made: a transaction of the reader's own, younger than all that may have taken that id. Once
every older one has ended, what is there of the ids until then is all there ever will be.
"""

from collections.abc import Sequence
from dataclasses import dataclass

PATIENCE = 30.0  # seconds for which a transaction that took an id is waited for


@dataclass(slots=True, kw_only=True)
class Mark:
    """Ids up to `upto` had been taken when the transaction began, at that monotonic time."""

    upto: int
    since: float
    transaction: int | None = None

    def has_passed(self, oldest_running: int, now: float) -> bool:
        """Whether all transactions that may have taken such ids have ended."""
        if self.transaction is None:
            return False
        return oldest_running >= self.transaction or self.is_late(now)

    def is_late(self, now: float) -> bool:
        """Whether the transactions are not waited for any more, for none should take so long."""
        return now - self.since > PATIENCE


class Place:
    """The last id that was handed on."""

    def __init__(self, at: int) -> None:
        self.at = at
        self.mark: Mark | None = None

    def take(self, ids: Sequence[int], oldest_running: int, now: float) -> int:
        """How many of these, the next ones there are, may be handed on; moves there.

        They were read after that oldest transaction had been found to be running.
        """
        final = self._final(oldest_running, now)
        taken = 0
        for each in ids:
            if each > final and each != self.at + 1:
                break
            self.at = each
            taken += 1
        self._set_mark(ids[taken:], now)
        return taken

    def _final(self, oldest_running: int, now: float) -> int:
        mark = self.mark
        return mark.upto if mark and mark.has_passed(oldest_running, now) else self.at

    def _set_mark(self, left: Sequence[int], now: float) -> None:
        if self.mark and self.at >= self.mark.upto:
            self.mark = None
        if left and self.mark is None:
            self.mark = Mark(upto=left[-1], since=now)
