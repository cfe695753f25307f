"""When so much of a line dies for our own fault that it has to stop. Pure."""

from collections import defaultdict, deque
from collections.abc import Hashable
from dataclasses import dataclass, field

from delivery.errors import RULES, DeliveryError, Fault
from delivery.pipeline.gate import GivenUp, Skipped
from notifications.states import Status

SECONDS = 60  # that are looked at together
LEAST = 50  # ends within them; fewer say nothing
OURS = frozenset({Fault.ACCOUNT, Fault.SIGNALBUS})


def is_ours(status: Status, why: DeliveryError | GivenUp | Skipped | None) -> bool:
    """Whether a delivery that ends so is dead for a fault of the account, or of Signalbus."""
    if status is not Status.DEAD or why is None or isinstance(why, Skipped):
        return False
    return RULES[why.error_class].fault in OURS


@dataclass(slots=True)
class Second:
    """The ends within a second, and how many of them were deaths for our own fault."""

    number: int
    ended: int = 0
    ours: int = 0


@dataclass(slots=True)
class Minute:
    """The last minute of a line, second by second; `ended` and `ours` are its sums."""

    seconds: deque[Second] = field(default_factory=deque)
    ended: int = 0
    ours: int = 0

    def move(self, now: float) -> None:
        """Forget what is older than a minute; `now` is a monotonic time in seconds."""
        oldest = int(now) - SECONDS
        while self.seconds and self.seconds[0].number <= oldest:
            gone = self.seconds.popleft()
            self.ended -= gone.ended
            self.ours -= gone.ours

    def note(self, now: float, *, ours: bool) -> None:
        """Count an end."""
        self.move(now)
        if not self.seconds or self.seconds[-1].number != int(now):
            self.seconds.append(Second(number=int(now)))
        last = self.seconds[-1]
        last.ended += 1
        self.ended += 1
        last.ours += ours
        self.ours += ours


@dataclass(frozen=True, slots=True, kw_only=True)
class Toll:
    """What a minute of a line has cost, those included that are about to die."""

    ended: int
    ours: int

    def is_flood(self, percent: float) -> bool:
        """Whether more than so many percent of enough ends were deaths for our own fault."""
        return self.ended >= LEAST and self.ours * 100 > percent * self.ended


class Ends:
    """The last minute of each line."""

    def __init__(self) -> None:
        self._lines: defaultdict[Hashable, Minute] = defaultdict(Minute)

    def note(self, line: Hashable, now: float, *, ours: bool) -> None:
        """Count an end of the line."""
        self._lines[line].note(now, ours=ours)

    def toll(self, line: Hashable, now: float, doomed: int) -> Toll:
        """What the minute has cost together with those that are about to die for our fault."""
        minute = self._lines[line]
        minute.move(now)
        return Toll(ended=minute.ended + doomed, ours=minute.ours + doomed)

    def forget(self, line: Hashable) -> None:
        """Begin anew, as once the line was stopped."""
        self._lines.pop(line, None)
