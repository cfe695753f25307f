"""The rule of limits that no window of time ever exceeds: what passed is remembered. Pure.

What passes within one second is kept as one mark at its latest moment, so a limit of a minute keeps
at most 61 marks, and a message may wait up to a second longer than it had to, never shorter.
All moments are seconds of one clock, whichever it is.
"""

from collections.abc import Sequence
from math import floor, inf

Mark = tuple[float, int]  # when the latest of a second passed, and how many did in that second
Passed = tuple[Mark, ...]


def recent(passed: Sequence[Mark], seconds: float, now: float) -> Passed:
    """What still counts; where the clock was set back, all of it moves along."""
    back = max(passed[-1][0] - now, 0.0) if passed else 0.0
    return tuple((at - back, count) for at, count in passed if at - back + seconds > now)


def used(passed: Sequence[Mark]) -> int:
    """How many have passed."""
    return sum(count for _, count in passed)


def added(passed: Sequence[Mark], count: int, now: float) -> Passed:
    """The same with what passes now."""
    marks = list(passed)
    if marks and floor(marks[-1][0]) == floor(now):
        count += marks.pop()[1]
    return (*marks, (now, count))


def wait(passed: Sequence[Mark], number: int, seconds: float, count: int, now: float) -> float:
    """In how many seconds so many more may pass; 0 if they may now, infinite if they never may."""
    missing = used(passed) + count - number
    if missing <= 0:
        return 0.0
    for at, freed in passed:
        missing -= freed
        if missing <= 0:
            return at + seconds - now
    return inf
