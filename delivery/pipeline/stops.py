"""Lines that stand still since none of their accounts may be used, and their going on."""

import time
from collections.abc import Iterable
from dataclasses import dataclass

from delivery.breaker import breakers
from delivery.breaker_rule import State
from delivery.pipeline.fail_over import BREAKER
from delivery.pipeline.route import Choices
from signalbus.bus import outbox
from signalbus.bus.outbox import Pausing
from signalbus.bus.streams import Lane, stream_of

LOOK_SECONDS = 0.3
# A pause that has ended by itself is remembered for as long as the relay still tries its line with
# a few entries only: whoever then finds the account well again ends that too.
REMEMBERED_SECONDS = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """A tenant's channel, the accounts that it has, and for how many seconds none is usable."""

    tenant_id: int
    channel: str
    accounts: Choices
    seconds: float

    @property
    def lines(self) -> list[tuple[str, int]]:
        return [(stream_of(self.channel, lane), self.tenant_id) for lane in Lane]


class Stops:
    """What this worker has paused. A pause ends by itself, also where the worker is gone."""

    def __init__(self) -> None:
        self._stopped: dict[tuple[int, str], tuple[Stop, float]] = {}
        self._next = 0.0

    def stop(self, stops: Iterable[Stop]) -> None:
        """Pause all lanes of these, in one statement."""
        once = {(stop.tenant_id, stop.channel): stop for stop in stops}
        if not once:
            return
        outbox.pause_all(_pausing(stop, line) for stop in once.values() for line in stop.lines)
        forget_at = time.monotonic() + REMEMBERED_SECONDS
        self._stopped.update((key, (stop, forget_at + stop.seconds)) for key, stop in once.items())

    def look(self) -> None:
        """Let those go on that have an account again, in one statement; costs nothing where no
        line is stopped."""
        now = time.monotonic()
        if not self._stopped or now < self._next:
            return
        self._next = now + LOOK_SECONDS
        over = [key for key, (stop, _) in self._stopped.items() if _is_over(stop)]
        lines = [line for key in over for line in self._stopped[key][0].lines]
        outbox.resume_all(lines, BREAKER)
        self._stopped = {
            key: (stop, forget_at)
            for key, (stop, forget_at) in self._stopped.items()
            if key not in over and forget_at > now
        }


def _pausing(stop: Stop, line: tuple[str, int]) -> Pausing:
    stream, tenant = line
    names = ", ".join(account.name for account in stop.accounts)
    return Pausing(
        stream=stream,
        tenant_id=tenant,
        reason=BREAKER,
        note=f"Failed too often: {names}",
        seconds=stop.seconds,
    )


def _is_over(stop: Stop) -> bool:
    states = breakers().states(account.id for account in stop.accounts)
    return any(each.state is State.CLOSED for each in states.values())
