"""Which offsets of a partition may be committed, whatever the order they are done in. Pure."""

from collections import deque
from dataclasses import dataclass, field


@dataclass(slots=True)
class Progress:
    """One partition's offsets that were handed out, and how far all of them are done."""

    position: int = -1  # the offset to commit; below zero: nothing is done yet
    _open: deque[int] = field(default_factory=deque)
    _done: set[int] = field(default_factory=set)

    def hand_out(self, offset: int) -> None:
        """Note an offset; they come in ascending order, but for a partition that is read anew."""
        if self._open and offset <= self._open[-1]:
            self._open.clear()
            self._done.clear()
        self._open.append(offset)

    def finish(self, offset: int) -> bool:
        """Note that an offset needs no redelivery; tells whether `position` has moved."""
        if not self._open or offset < self._open[0]:
            return False
        self._done.add(offset)
        before = self.position
        while self._open and self._open[0] in self._done:
            done = self._open.popleft()
            self._done.discard(done)
            self.position = done + 1
        return self.position != before
