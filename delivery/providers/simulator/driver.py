"""The provider that sends nothing: what it answers depends on address and attempt number alone.

All test keys use it, and accounts may name it for trials and benchmarks. It keeps what it took
(the pipeline stores the sandbox message) and gives its receipts together with its answer. A
message whose outcome it leaves unknown is found by nobody: `reconcile` keeps answering that it
does not know, so an SMS ends parked once the pauses are over, as with a silent provider.
"""

import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import ClassVar
from zlib import crc32

from delivery.errors import DeliveryError
from delivery.providers.account import Account
from delivery.providers.base import Accepted, Message, Outcome, Provider, word_of
from delivery.providers.simulator.journal import journal
from delivery.providers.simulator.table import TEMPORARY, Behaviour, behaviour
from delivery.receipts.events import ReceiptEvent

CRC_RANGE = 2**32


class Simulator(Provider):
    """Outcomes by the table, after a pause that all messages of a call spend together."""

    kind = "simulator"
    channels = ("email", "sms")
    max_batch: ClassVar[int] = 500
    reconciles = True

    def __init__(self, account: Account) -> None:
        super().__init__(account)
        self._pause = float(account.options.get("latency_ms") or 0) / 1000
        self._fail_ratio = float(account.options.get("fail_ratio") or 0)

    def calls(self, messages: Sequence[Message]) -> list[Sequence[Message]]:
        """Messages that take their time go alone, so that the others need not wait for them."""
        slow = [[message] for message in messages if behaviour(message.to).seconds]
        quick = [message for message in messages if not behaviour(message.to).seconds]
        return [*super().calls(quick), *slow]

    def send_many(self, messages: Sequence[Message]) -> list[Outcome]:
        behaviours = [behaviour(message.to) for message in messages]
        now = datetime.now(UTC)
        outcomes = [
            self._outcome(message, how, now)
            for message, how in zip(messages, behaviours, strict=True)
        ]
        journal(
            (message, word_of(outcome)) for message, outcome in zip(messages, outcomes, strict=True)
        )
        pause = max((how.seconds for how in behaviours), default=0.0) + self._pause
        if pause:
            time.sleep(pause)
        return outcomes

    def _outcome(self, message: Message, how: Behaviour, now: datetime) -> Outcome:
        error = how.error_at(message.number) or self._chance(message)
        if error is not None:
            return error
        return Accepted(
            reference=f"simulator-{message.attempt}",
            receipts=tuple(
                ReceiptEvent(
                    event_id=f"{message.attempt}:{kind}",
                    kind=kind,
                    delivery=message.delivery,
                    attempt=message.attempt,
                    occurred_at=now,
                )
                for kind in how.receipts
            ),
            sandbox=True,
        )

    def _chance(self, message: Message) -> DeliveryError | None:
        """Fails the asked share of attempts, each of them always in the same way."""
        if crc32(message.attempt.bytes) / CRC_RANGE < self._fail_ratio:
            return TEMPORARY
        return None
