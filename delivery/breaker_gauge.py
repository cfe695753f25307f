"""The breakers as a metric: for each kind of provider the worst state among its accounts."""

import threading
import time
from uuid import UUID

from delivery.accounts import kind_and_channel
from delivery.breaker_rule import State
from signalbus.core.metrics import PROVIDER_BREAKER_STATE

VALUES = {State.CLOSED: 0, State.HALF_OPEN: 1, State.OPEN: 2}
FORGOTTEN_SECONDS = 120.0  # an account that nobody asks about any more, such as a deleted one

Labels = tuple[str, str]


class BreakerGauge:
    """Remembers the accounts that are not closed, and shows what they come to."""

    def __init__(self) -> None:
        self._troubled: dict[UUID, tuple[Labels, State, float]] = {}
        self._lock = threading.Lock()

    def show(self, account: UUID, state: State) -> None:
        """The account's state from now on."""
        if state is State.CLOSED and not self._troubled:
            return
        now = time.monotonic()
        with self._lock:
            before = {labels for labels, _, _ in self._troubled.values()}
            self._troubled.pop(account, None)
            if state is not State.CLOSED:
                self._troubled[account] = (kind_and_channel(account), state, now)
            self._forget(now - FORGOTTEN_SECONDS)
            self._set(before)

    def _forget(self, since: float) -> None:
        self._troubled = {
            account: each for account, each in self._troubled.items() if each[2] >= since
        }

    def _set(self, before: set[Labels]) -> None:
        worst = dict.fromkeys(before, 0)
        for labels, state, _ in self._troubled.values():
            worst[labels] = max(worst.get(labels, 0), VALUES[state])
        for labels, value in worst.items():
            PROVIDER_BREAKER_STATE.labels(*labels).set(value)
