"""Limits that all processes share: `reserve` gives messages their moments, `allow` asks at once.

The rule is core/gcra.py. Redis keeps the lines and its clock decides, so wall clocks of processes
do not matter. Without Redis each process has lines of its own, by its monotonic clock, and it asks
Redis again within a second of its return.
"""

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from math import floor, inf

import msgspec
from django.conf import settings

from signalbus.core import gcra
from signalbus.core.gcra import EPSILON, Line, Rate, Wanted
from signalbus.core.limiter_script import SCRIPT
from signalbus.core.redis_script import SharedScript

MOST_LINES = 10_000  # of a process without Redis; whenever it doubles, those that are past go

_script = SharedScript("limiter", SCRIPT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """At most `burst` at once and `per_second` on and on, counted under `key`.

    A limit whose figures change begins anew.
    """

    key: str
    per_second: float
    burst: int

    @property
    def rate(self) -> Rate:
        return Rate(interval=1 / self.per_second, burst=self.burst)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Whether a request may pass, and how its tightest limit stands afterwards.

    `limit` is the one that refused, else the one with the least left; None where there was none.
    Times are in seconds; `retry_after` is infinite where the cost is above the burst.
    """

    allowed: bool
    limit: Limit | None = None
    remaining: int = 0
    retry_after: float = 0.0
    reset_after: float = 0.0


def reserve(wanted: Sequence[tuple[Sequence[Limit], float]]) -> list[float | None]:
    """Each message's delay in seconds until its own moment, booked in all its limits.

    A message is its limits and how many seconds it can wait; None where its moment would lie
    beyond, and nothing is booked. One round trip whatever the number; none without limits.
    """
    return _book([([(limit, 1) for limit in limits], horizon) for limits, horizon in wanted])[0]


def allow(limits: Sequence[tuple[Limit, int]]) -> Verdict:
    """Whether all limits let that many pass now, each with its cost; all are booked or none."""
    delays, tails = _book([(limits, 0.0)])
    if not limits:
        return Verdict(allowed=True)
    allowed = delays[0] is not None
    verdicts = [_verdict(limit, cost, allowed, tails[limit]) for limit, cost in limits]
    return max(verdicts, key=lambda each: (each.retry_after, -each.remaining))


def _verdict(limit: Limit, cost: int, allowed: bool, tail: float) -> Verdict:
    """How one limit stands; `tail` is how many seconds from now on its line is booked."""
    interval, booked = limit.rate.interval, max(tail, 0.0)
    room = limit.burst * interval - booked
    missing = 0.0 if allowed else max(cost * interval - room, 0.0)
    return Verdict(
        allowed=allowed,
        limit=limit,
        remaining=max(floor((room + EPSILON) / interval), 0),
        retry_after=inf if cost > limit.burst else (missing if missing > EPSILON else 0.0),
        reset_after=booked,
    )


_Message = tuple[Sequence[tuple[Limit, int]], float]


def _book(messages: Sequence[_Message]) -> tuple[list[float | None], dict[Limit, float]]:
    """Every message's delay, and where each limit's line ends afterwards, in seconds from now."""
    limits = list(dict.fromkeys(limit for costs, _ in messages for limit, _ in costs))
    if not limits:
        return [0.0 for _ in messages], {}
    index = {limit: place for place, limit in enumerate(limits)}
    asked = [
        Wanted(horizon=horizon, costs=tuple((index[limit], cost) for limit, cost in costs))
        for costs, horizon in messages
    ]
    shared = _shared(limits, asked)
    delays, tails = shared if shared is not None else _own.book(limits, asked)
    return delays, dict(zip(limits, tails, strict=True))


_Answer = tuple[list[float | None], list[float]]


def _shared(limits: Sequence[Limit], asked: Sequence[Wanted]) -> _Answer | None:
    answer = _script.run([_key(limit) for limit in limits], packed(limits, asked))
    if answer is None:
        return None
    delays, tails = msgspec.msgpack.decode(answer, type=tuple[list[float], list[float]])
    return [None if delay < 0 else delay for delay in delays], tails


def packed(limits: Sequence[Limit], asked: Sequence[Wanted]) -> bytes:
    """What the script is given."""
    rates = [(limit.rate.interval, limit.burst) for limit in limits]
    messages = [(each.horizon, [(index + 1, cost) for index, cost in each.costs]) for each in asked]
    return msgspec.msgpack.encode((rates, messages))


def _key(limit: Limit) -> str:
    return f"{settings.INSTALLATION}.limit.{limit.key}.{limit.per_second:g}.{limit.burst}"


class _OwnLines:
    """The lines of a process that is without Redis."""

    def __init__(self) -> None:
        self._lines: dict[Limit, Line] = {}
        self._most = MOST_LINES
        self._lock = threading.Lock()

    def book(self, limits: Sequence[Limit], asked: Sequence[Wanted]) -> _Answer:
        now = time.monotonic()
        with self._lock:
            before = [self._lines.get(limit, Line()) for limit in limits]
            after, delays = gcra.book(before, [limit.rate for limit in limits], asked, now)
            self._lines.update(zip(limits, after, strict=True))
            if len(self._lines) > self._most:
                self._sweep(now)
        return delays, [line.tail - now for line in after]

    def _sweep(self, now: float) -> None:
        self._lines = {each: line for each, line in self._lines.items() if line.tail > now}
        self._most = max(2 * len(self._lines), MOST_LINES)


_own = _OwnLines()
