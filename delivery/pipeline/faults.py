"""Tells the breakers what came of calls: faults at once, what is well a few times a second."""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from delivery.breaker import breakers
from delivery.errors import DeliveryError, ErrorClass
from delivery.pipeline.items import Finished
from delivery.providers.network_codes import SILENCE

EVERY_SECONDS = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class _Outcome:
    """What came of a call that began at this monotonic time in seconds."""

    account: UUID
    is_fault: bool
    began: float


class Faults:
    """Outcomes that the breakers do not know yet, in their order."""

    def __init__(self) -> None:
        self._untold: list[_Outcome] = []
        self._next = 0.0

    def note(self, finished: Iterable[Finished]) -> None:
        """Take note of calls that were made; questions say nothing."""
        now = time.monotonic()
        told = [
            _Outcome(
                account=each.call.account.id,
                is_fault=_is_fault(each.outcome),
                began=now - (each.duration_ms or 0) / 1000,
            )
            for each in finished
            if each.outcome is not None and each.call.account and not each.call.reconciles
        ]
        self._untold += told
        if any(each.is_fault for each in told):
            self._next = 0.0
        self.tell()

    def tell(self) -> None:
        """Let the breakers know, if it is time."""
        if self._untold and time.monotonic() >= self._next:
            now = time.monotonic()
            untold, self._untold = self._untold, []
            self._next = now + EVERY_SECONDS
            breakers().note([(each.account, each.is_fault, now - each.began) for each in untold])


def _is_fault(outcome: object) -> bool:
    """Silence after the request speaks against a provider as much as an answer that it is broken.

    An unknown outcome that is none of the network's may be the fault of a message, or of a driver.
    """
    if not isinstance(outcome, DeliveryError):
        return False
    silent = outcome.error_class is ErrorClass.UNKNOWN_OUTCOME and outcome.code in SILENCE
    return silent or outcome.error_class is ErrorClass.PROVIDER_DOWN
