"""Tells the breakers what came of calls: faults at once, what is well a few times a second."""

import time
from collections.abc import Iterable
from uuid import UUID

from delivery.breaker import breakers
from delivery.errors import DeliveryError, ErrorClass
from delivery.pipeline.items import Finished
from delivery.providers.network_codes import SILENCE

EVERY_SECONDS = 0.25


class Faults:
    """Outcomes that the breakers do not know yet, in their order."""

    def __init__(self) -> None:
        self._untold: list[tuple[UUID, bool]] = []
        self._next = 0.0

    def note(self, finished: Iterable[Finished]) -> None:
        """Take note of calls that were made; questions say nothing."""
        told = [
            (each.call.account.id, _is_fault(each.outcome))
            for each in finished
            if each.outcome is not None and each.call.account and not each.call.reconciles
        ]
        self._untold += told
        if any(fault for _, fault in told):
            self._next = 0.0
        self.tell()

    def tell(self) -> None:
        """Let the breakers know, if it is time."""
        if self._untold and time.monotonic() >= self._next:
            untold, self._untold = self._untold, []
            self._next = time.monotonic() + EVERY_SECONDS
            breakers().note(untold)


def _is_fault(outcome: object) -> bool:
    """Silence after the request speaks against a provider as much as an answer that it is broken.

    An unknown outcome that is none of the network's may be the fault of a message, or of a driver.
    """
    if not isinstance(outcome, DeliveryError):
        return False
    silent = outcome.error_class is ErrorClass.UNKNOWN_OUTCOME and outcome.code in SILENCE
    return silent or outcome.error_class is ErrorClass.PROVIDER_DOWN
