"""What every driver is: it takes messages and answers with outcomes, and never raises.

A driver writes `send_one`, or `send_many` where the provider takes several at once, and a table
of its error codes. The base owns the flow: chunks, time taken, exceptions turned into outcomes.
Drivers are called from many threads at once, do network only, and never touch the ORM.
"""

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

from delivery.errors import DeliveryError, ErrorClass
from delivery.providers.account import Account
from delivery.providers.messages import Accepted, Message, Outcome, word_of
from delivery.providers.own_address import OwnAddress
from signalbus.core.addresses import AddressRefusedError
from signalbus.core.logs import get_logger
from signalbus.core.metrics import PROVIDER_SEND, PROVIDER_SEND_DURATION_SECONDS
from signalbus.core.texts import storable

# All that a driver needs, from one place.
__all__ = ["Accepted", "Message", "Outcome", "Provider", "word_of"]

LONGEST_CODE = 60  # what Attempt.code holds
LONGEST_DETAIL = 2000
LONGEST_REFERENCE = 255  # what Attempt.reference holds
log = get_logger(__name__)


class Provider:
    """A driver at work for one account; kept, and so its connections, while the account is."""

    kind: ClassVar[str]
    channels: ClassVar[tuple[str, ...]]
    max_batch: ClassVar[int] = 1
    """How many messages one call may carry."""

    reconciles: ClassVar[bool] = False
    """Whether the provider can be asked what became of a message."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self._own_address = OwnAddress(account)

    def send(self, messages: Sequence[Message]) -> list[Outcome]:
        """One outcome for each message, in order. Never raises."""
        outcomes: list[Outcome] = []
        for start in range(0, len(messages), self.max_batch):
            outcomes += self._call(messages[start : start + self.max_batch])
        return outcomes

    def calls(self, messages: Sequence[Message]) -> list[Sequence[Message]]:
        """The messages as they should be handed to `send`, one group to a thread."""
        step = self.max_batch
        return [messages[start : start + step] for start in range(0, len(messages), step)]

    def reconcile(self, message: Message) -> Outcome | None:
        """What became of a message whose outcome is unknown; None where nobody knows.

        Never raises: a provider that cannot be asked now knows nothing.
        """
        try:
            self._own_address.check()
            outcome = self.look_up(message)
        except Exception as error:
            log.warning("provider could not be asked", provider=self.kind, exc_info=error)
            return None
        return None if outcome is None else _fitted(outcome)

    def close(self) -> None:
        """Lets go of connections; calls that are under way end by themselves."""

    # --- for drivers

    def send_one(self, message: Message) -> Outcome:
        """One provider call. What it raises goes through `error_of`."""
        raise NotImplementedError

    def send_many(self, messages: Sequence[Message]) -> list[Outcome]:
        """One provider call for at most `max_batch` messages."""
        return [self._guarded(message) for message in messages]

    def look_up(self, message: Message) -> Outcome | None:  # noqa: ARG002
        """Asks the provider for a message whose outcome is unknown; where `reconciles` is true."""
        return None

    def error_of(self, error: Exception) -> DeliveryError | None:  # noqa: ARG002
        """What an exception of the driver's library means; None where it is not known."""
        return None

    # --- the flow

    def _call(self, messages: Sequence[Message]) -> list[Outcome]:
        started = time.perf_counter()
        try:
            self._own_address.check()
            outcomes = [_fitted(outcome) for outcome in self.send_many(messages)]
        except Exception as error:
            outcomes = [_fitted(self._explained(error))] * len(messages)
        if len(outcomes) != len(messages):
            outcomes = [self._miscounted(len(outcomes), len(messages))] * len(messages)
        self._measure(outcomes, time.perf_counter() - started)
        return outcomes

    def _guarded(self, message: Message) -> Outcome:
        try:
            return self.send_one(message)
        except Exception as error:
            return self._explained(error)

    def _explained(self, error: Exception) -> DeliveryError:
        """What the driver makes of an exception; one that it does not know may hide a send."""
        if isinstance(error, AddressRefusedError):
            return DeliveryError(
                error_class=ErrorClass.OUR_ACCOUNT, code="address-refused", detail=str(error)
            )
        known = self.error_of(error)
        if known is not None:
            return known
        log.error("driver raised", provider=self.kind, exc_info=error)
        return DeliveryError(
            error_class=ErrorClass.UNKNOWN_OUTCOME,
            code=type(error).__name__,
            detail=f"The driver {self.kind} raised {type(error).__name__}: {error}",
        )

    def _miscounted(self, outcomes: int, messages: int) -> DeliveryError:
        """Which outcome is whose cannot be told, so that none of them counts."""
        said = f"The driver {self.kind} gave {outcomes} outcomes for {messages} messages."
        log.error("driver miscounted", provider=self.kind, outcomes=outcomes, messages=messages)
        return DeliveryError(error_class=ErrorClass.UNKNOWN_OUTCOME, code="miscounted", detail=said)

    def _measure(self, outcomes: Sequence[Outcome], seconds: float) -> None:
        PROVIDER_SEND_DURATION_SECONDS.labels(self.kind).observe(seconds)
        for (word, error_class), number in Counter(map(_labels_of, outcomes)).items():
            PROVIDER_SEND.labels(self.kind, word, error_class).inc(number)


def _labels_of(outcome: Outcome) -> tuple[str, str]:
    error_class = "" if isinstance(outcome, Accepted) else outcome.error_class
    return word_of(outcome), error_class


def _fitted(outcome: Outcome) -> Outcome:
    """The outcome with texts that the database takes: bounded, and of whole characters."""
    if isinstance(outcome, Accepted):
        reference = _text(outcome.reference, LONGEST_REFERENCE)
        same = reference == outcome.reference
        return outcome if same else replace(outcome, reference=reference)
    return replace(
        outcome,
        code=_text(outcome.code, LONGEST_CODE),
        detail=_text(outcome.detail, LONGEST_DETAIL),
    )


def _text(text: str, longest: int) -> str:
    return storable(text)[:longest]
