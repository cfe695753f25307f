"""Limits asked seldom: a process takes some of a large limit at once and gives it out itself.

A look at Redis costs as much as a tenth of a request. A portion is at most a fiftieth of the burst,
and of what a second brings: limits below a hundred are looked at for each request. What is not
given out within a second is lost, so each process wastes a fiftieth of the rate at the most, and
the burst not at all. A window may see a fiftieth of the burst more for each process, never more.
"""

import threading
import time
from dataclasses import dataclass, replace

from signalbus.core import limiter
from signalbus.core.limiter import Limit, Verdict

SHARE = 50
LARGEST = 100
SECONDS = 1.0
MOST_KEPT = 10_000

Asked = tuple[Limit, ...]


@dataclass(slots=True)
class _Portion:
    left: int
    until: float
    verdict: Verdict


class Portions:
    """What this process holds of each set of limits."""

    def __init__(self) -> None:
        self._held: dict[Asked, _Portion] = {}
        self._lock = threading.Lock()

    def allow(self, limits: Asked) -> Verdict:
        """Whether all limits let one more pass now, as `limiter.allow` says it."""
        size = min(portion_of(limit) for limit in limits)
        if size == 1:
            return _ask(limits, 1)
        return self._given(limits) or self._fetch(limits, size)

    def clear(self) -> None:
        """Forget what is held."""
        with self._lock:
            self._held.clear()

    def _given(self, limits: Asked) -> Verdict | None:
        with self._lock:
            held = self._held.get(limits)
            if held is None or not held.left or held.until <= time.monotonic():
                return None
            held.left -= 1
            return replace(held.verdict, remaining=held.verdict.remaining + held.left)

    def _fetch(self, limits: Asked, size: int) -> Verdict:
        verdict = _ask(limits, size)
        if not verdict.allowed:
            return _ask(limits, 1)
        with self._lock:
            if len(self._held) >= MOST_KEPT:
                self._held.clear()
            self._held[limits] = _Portion(size - 1, time.monotonic() + SECONDS, verdict)
        return replace(verdict, remaining=verdict.remaining + size - 1)


def portion_of(limit: Limit) -> int:
    """How many of a limit are taken at once."""
    return max(1, min(limit.burst // SHARE, int(limit.per_second) // SHARE, LARGEST))


def _ask(limits: Asked, cost: int) -> Verdict:
    return limiter.allow([(limit, cost) for limit in limits])
