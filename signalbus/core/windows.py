"""Limits that no window of time exceeds, shared by all processes: so many in any minute.

The rule is core/window.py, asked as core/limiter asks its own: over Redis and by its clock, and
without Redis by each process for itself, by its monotonic clock.
"""

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import inf

import msgspec
from django.conf import settings

from signalbus.core import window
from signalbus.core.limiter import Limit, Verdict
from signalbus.core.redis_script import SharedScript
from signalbus.core.window import Passed
from signalbus.core.window_script import SCRIPT

MOST_KEPT = 10_000  # of a process without Redis; whenever it doubles, those that are past go

_script = SharedScript("windows", SCRIPT)


class _Standing(msgspec.Struct, array_like=True, frozen=True):
    """How a limit stands: `wait` and `reset` in seconds, a wait of -1 is without end."""

    wait: float
    used: int
    reset: float


def allow(asked: Sequence[tuple[Limit, int]]) -> Verdict:
    """Whether all limits let so many pass now; they are counted in all of them or in none.

    A limit lets `burst` pass in any burst / per_second seconds.
    """
    if not asked:
        return Verdict(allowed=True)
    standings = _shared(asked)
    if standings is None:
        standings = _own.ask(asked)
    allowed = not any(each.wait for each in standings)
    verdicts = [
        _verdict(limit, each, allowed) for (limit, _), each in zip(asked, standings, strict=True)
    ]
    return max(verdicts, key=lambda each: (each.retry_after, -each.remaining))


def _verdict(limit: Limit, standing: _Standing, allowed: bool) -> Verdict:
    return Verdict(
        allowed=allowed,
        limit=limit,
        remaining=max(limit.burst - standing.used, 0),
        retry_after=inf if standing.wait < 0 else standing.wait,
        reset_after=standing.reset,
    )


def _seconds(limit: Limit) -> float:
    return limit.burst / limit.per_second


def _shared(asked: Sequence[tuple[Limit, int]]) -> list[_Standing] | None:
    figures = [(limit.burst, _seconds(limit), count) for limit, count in asked]
    answer = _script.run([_key(limit) for limit, _ in asked], msgspec.msgpack.encode(figures))
    return None if answer is None else msgspec.msgpack.decode(answer, type=list[_Standing])


def _key(limit: Limit) -> str:
    return f"{settings.INSTALLATION}.window.{limit.key}.{limit.per_second:g}.{limit.burst}"


class _OwnWindows:
    """What a process remembers that is without Redis."""

    def __init__(self) -> None:
        self._passed: dict[Limit, Passed] = {}
        self._most = MOST_KEPT
        self._lock = threading.Lock()

    def ask(self, asked: Sequence[tuple[Limit, int]]) -> list[_Standing]:
        now = time.monotonic()
        with self._lock:
            looks = [self._look(limit, count, now) for limit, count in asked]
            if not any(look.wait for look in looks):
                looks = [look.counted(now) for look in looks]
                self._passed.update((look.limit, look.passed) for look in looks)
                self._sweep(now)
        return [look.standing(now) for look in looks]

    def _look(self, limit: Limit, count: int, now: float) -> "_Look":
        seconds = _seconds(limit)
        passed = window.recent(self._passed.get(limit, ()), seconds, now)
        wait = window.wait(passed, limit.burst, seconds, count, now)
        return _Look(limit=limit, count=count, passed=passed, wait=wait)

    def _sweep(self, now: float) -> None:
        if len(self._passed) > self._most:
            self._passed = {
                limit: passed
                for limit, passed in self._passed.items()
                if window.recent(passed, _seconds(limit), now)
            }
            self._most = max(2 * len(self._passed), MOST_KEPT)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """A limit of this process, and how long what is asked of it has to wait."""

    limit: Limit
    count: int
    passed: Passed
    wait: float

    def counted(self, now: float) -> "_Look":
        return replace(self, passed=window.added(self.passed, self.count, now))

    def standing(self, now: float) -> _Standing:
        reset = self.passed[-1][0] + _seconds(self.limit) - now if self.passed else 0.0
        return _Standing(-1.0 if self.wait == inf else self.wait, window.used(self.passed), reset)


_own = _OwnWindows()
