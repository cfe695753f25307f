"""When a provider account is left alone, and when it is tried again. Pure.

    closed    ── 10 faults in a row, or half of the outcomes of 10 s ──▶ open, for 5 s
    open      ── its time is over ──▶ half open
    half open ── a success ──▶ closed;  ── a fault ──▶ open, for twice as long, 60 s at most

Only faults of the provider count; what is heard while it is open is from before and counts nothing.
Nor, once it is half open, does what comes of a call that began before: that tells how it was then.
All moments are seconds of one clock, whichever it is.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from math import floor

WINDOW_SECONDS = 10
FEWEST = 10  # outcomes in the window before their ratio says anything
FAULTY = 0.5  # of the window's outcomes
IN_A_ROW = 10
FIRST_PAUSE = 5.0  # seconds; doubled with each probe that fails
LONGEST_PAUSE = 60.0
MOST_PROBES = 3  # at a time while half open
PROBE_SECONDS = 30.0  # until a probe whose outcome nobody told makes room for another

JUST_NOW = 0.0  # the age of a call that nobody timed
Outcome = tuple[bool, float]  # whether it is a fault, and how many seconds ago its call began
Second = tuple[int, int, int]  # the second, its outcomes, how many of them were faults


class State(StrEnum):
    """Whether an account may be used."""

    CLOSED = "closed"
    HALF_OPEN = "half_open"
    OPEN = "open"


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """What is remembered of an account. `pause` is 0 while it is closed."""

    seen: float = 0.0
    row: int = 0  # faults since the last success
    opened: float = 0.0
    pause: float = 0.0
    probes: tuple[float, ...] = ()  # when the permit of each probe under way ends
    window: tuple[Second, ...] = ()

    @property
    def until(self) -> float:
        """When it opens again for probes."""
        return self.opened + self.pause


def state(memory: Memory, now: float) -> State:
    """The state at a moment: an open breaker is half open by itself once its time is over."""
    if not memory.pause:
        return State.CLOSED
    return State.OPEN if now < memory.until else State.HALF_OPEN


def seen_at(memory: Memory, now: float) -> Memory:
    """The memory by the clock as it is now: where it was set back, all moments move along."""
    back = max(memory.seen - now, 0.0)
    if not back:
        return replace(memory, seen=now)
    return replace(
        memory,
        seen=now,
        opened=memory.opened - back,
        probes=tuple(ends - back for ends in memory.probes),
        window=(),
    )


def note(memory: Memory, outcomes: Sequence[Outcome], now: float) -> Memory:
    """The memory after these outcomes, in their order; true is a fault of the provider."""
    for outcome in outcomes:
        memory = _ACTS[state(memory, now)](memory, outcome, now)
    return memory


def admit(memory: Memory, now: float) -> tuple[Memory, bool]:
    """Whether one more message may go, and what is remembered of it."""
    found = state(memory, now)
    if found is not State.HALF_OPEN:
        return memory, found is State.CLOSED
    under_way = tuple(ends for ends in memory.probes if ends > now)
    if len(under_way) >= MOST_PROBES:
        return memory, False
    return replace(memory, probes=(*under_way, now + PROBE_SECONDS)), True


def _count(memory: Memory, outcome: Outcome, now: float) -> Memory:
    fault, _ = outcome
    row = memory.row + 1 if fault else 0
    window = _counted(memory.window, fault, floor(now))
    if fault and (row >= IN_A_ROW or _is_faulty(window)):
        return _opened(now, FIRST_PAUSE)
    return replace(memory, row=row, window=window)


def _probed(memory: Memory, outcome: Outcome, now: float) -> Memory:
    fault, age = outcome
    if now - age < memory.until:
        return memory
    return _opened(now, min(2 * memory.pause, LONGEST_PAUSE)) if fault else Memory(seen=now)


def _heard(memory: Memory, _outcome: Outcome, _now: float) -> Memory:
    return memory


def _opened(now: float, pause: float) -> Memory:
    return Memory(seen=now, opened=now, pause=pause)


def _counted(window: Sequence[Second], fault: bool, second: int) -> tuple[Second, ...]:
    recent = [each for each in window if each[0] > second - WINDOW_SECONDS]
    outcomes, faults = 1, int(fault)
    if recent and recent[-1][0] == second:
        _, before, faults_before = recent.pop()
        outcomes, faults = outcomes + before, faults + faults_before
    return (*recent, (second, outcomes, faults))


def _is_faulty(window: Sequence[Second]) -> bool:
    outcomes = sum(each[1] for each in window)
    return outcomes >= FEWEST and sum(each[2] for each in window) >= FAULTY * outcomes


_ACTS = {State.CLOSED: _count, State.HALF_OPEN: _probed, State.OPEN: _heard}
