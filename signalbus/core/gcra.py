"""The rule of every limit: a line of free time in which each message books its share. Pure.

The generic cell rate algorithm (ITU-T I.371), with two additions. What one message skips, because
another limit lets it go only later, stays free for those behind it; so a slow recipient domain does
not hold up its whole account. And bookings move along when the clock is set back.

A message takes `interval` seconds of the line. It may leave up to (burst - 1) intervals before its
place, never after it; so no window of t seconds sees more than burst + t / interval messages.
All moments are seconds of one clock, whichever it is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf

EPSILON = 1e-6  # seconds; a wall clock's float is exact to a quarter of it
MOST_GAPS = 64  # kept of a line; beyond it the earliest are given up, which only costs capacity

Gap = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """One message each `interval` seconds, and `burst` of them at once after a pause."""

    interval: float
    burst: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What is still free of a limit's time, as (from, to) in order; the last one never ends."""

    seen: float = 0.0
    free: tuple[Gap, ...] = ((0.0, inf),)

    @property
    def tail(self) -> float:
        """From when on nothing is booked."""
        return self.free[-1][0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A message: how long it can wait, in seconds, and what it costs in each of its limits."""

    horizon: float
    costs: tuple[tuple[int, int], ...]  # (index of the limit, messages that it counts for)


def book(
    lines: Sequence[Line], rates: Sequence[Rate], messages: Sequence[Wanted], now: float
) -> tuple[list[Line], list[float | None]]:
    """The lines with what was booked, and each message's delay; None: not within its horizon.

    A message that gets no moment books nothing. They are served in their order. A line in which
    nothing was booked stays as it was.
    """
    after = [
        _pruned(seen_at(line, now), rate, now) for line, rate in zip(lines, rates, strict=True)
    ]
    delays: list[float | None] = []
    booked: set[int] = set()
    for message in messages:
        moment = _moment(after, rates, message, now)
        if moment is None:
            delays.append(None)
            continue
        delays.append(moment - now)
        for index, cost in message.costs:
            after[index] = _booked(after[index], rates[index], cost, moment, now)
            booked.add(index)
    return [after[i] if i in booked else line for i, line in enumerate(lines)], delays


def seen_at(line: Line, now: float) -> Line:
    """The line by the clock as it is now: where it was set back, the bookings move along."""
    back = max(line.seen - now, 0.0)
    if not back:
        return Line(seen=now, free=line.free)
    return Line(seen=now, free=tuple((start - back, end - back) for start, end in line.free))


def _moment(
    lines: Sequence[Line], rates: Sequence[Rate], message: Wanted, now: float
) -> float | None:
    """The first moment that suits all limits at once."""
    at, suits = now, False
    while not suits and at <= now + message.horizon + EPSILON:
        earliest = max(
            (_earliest(lines[index], rates[index], cost, at) for index, cost in message.costs),
            default=at,
        )
        suits = earliest <= at + EPSILON
        at = max(at, earliest)
    return at if suits else None


def _earliest(line: Line, rate: Rate, cost: int, at: float) -> float:
    """When the first free place from `at` on lets a message go."""
    _, place = _place(line, cost * rate.interval, at)
    return place - (rate.burst - cost) * rate.interval


def _place(line: Line, length: float, at: float) -> tuple[int, float]:
    """The first place from `at` on that is long enough, with the number of its gap."""
    for number, (start, end) in enumerate(line.free):
        place = max(start, at)
        if place + length <= end + EPSILON:
            return number, place
    raise AssertionError("The last gap of a line never ends.")


def _booked(line: Line, rate: Rate, cost: int, at: float, now: float) -> Line:
    length = cost * rate.interval
    number, place = _place(line, length, at)
    start, end = line.free[number]
    left = _usable(((start, place), (place + length, end)), rate, now)
    free = (*line.free[:number], *left, *line.free[number + 1 :])
    return Line(seen=now, free=free[-MOST_GAPS:])


def _pruned(line: Line, rate: Rate, now: float) -> Line:
    return Line(seen=line.seen, free=_usable(line.free, rate, now))


def _usable(gaps: Sequence[Gap], rate: Rate, now: float) -> tuple[Gap, ...]:
    """The gaps that are not past and have room for a message."""
    shortest = rate.interval - EPSILON
    return tuple(gap for gap in gaps if gap[1] - max(gap[0], now) >= shortest)
