"""Asks all units in the background, so that a silent one never delays the supervisor."""

import threading
import time
from dataclasses import dataclass, field

from signalbus.embedded.probes import answers
from signalbus.embedded.unit import Probe
from signalbus.embedded.waker import Waker

STARTING_INTERVAL_SECONDS = 0.2
STEADY_INTERVAL_SECONDS = 10.0


@dataclass(slots=True, kw_only=True)
class Watch:
    """What is known of one unit's answers; times are of the monotonic clock."""

    probe: Probe
    answered: bool = False
    last_answer: float = field(default_factory=time.monotonic)
    next_ask: float = 0.0

    def note(self, answered: bool, now: float) -> None:
        """Take in an answer, or its absence."""
        self.answered = answered
        self.last_answer = now if answered else self.last_answer
        self.next_ask = now + (STEADY_INTERVAL_SECONDS if answered else STARTING_INTERVAL_SECONDS)


class Prober(threading.Thread):
    """Probes what it is told to watch; wakes the loop when an answer differs from the last."""

    def __init__(self, waker: Waker) -> None:
        super().__init__(daemon=True)
        self.waker = waker
        self._watches: dict[str, Watch] = {}
        self._changed = threading.Event()

    def watch(self, name: str, probe: Probe) -> None:
        """Begin to ask a unit that was just started, at once."""
        self._watches[name] = Watch(probe=probe)
        self._changed.set()

    def forget(self, name: str) -> None:
        """Ask a unit no more."""
        self._watches.pop(name, None)

    def answered(self, name: str) -> bool:
        """Return whether the unit answered when last asked."""
        watch = self._watches.get(name)
        return watch is not None and watch.answered

    def silent_seconds(self, name: str) -> float:
        """Return for how long the unit has not answered; 0 where it is not watched."""
        watch = self._watches.get(name)
        return time.monotonic() - watch.last_answer if watch and not watch.answered else 0.0

    def run(self) -> None:
        while True:
            self._changed.clear()
            watches = list(self._watches.values())
            for watch in watches:
                self._ask(watch)
            self._changed.wait(_until_next_ask(watches))

    def _ask(self, watch: Watch) -> None:
        if time.monotonic() < watch.next_ask:
            return
        before = watch.answered
        watch.note(answers(watch.probe), time.monotonic())
        if before != watch.answered:
            self.waker.wake()


def _until_next_ask(watches: list[Watch]) -> float | None:
    """Seconds until one of them is to be asked; None where there is nobody to ask."""
    asks = [watch.next_ask for watch in watches]
    return max(0.0, min(asks) - time.monotonic()) if asks else None
