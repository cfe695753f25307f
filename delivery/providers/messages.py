"""What is handed to a provider, and what comes of it, as values. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

from delivery.errors import DeliveryError, ErrorClass
from delivery.receipts.events import ReceiptEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One rendered delivery on its way out.

    `number` counts the delivery's attempts from 1. `key` is the same for all attempts of a
    delivery (until a redrive makes a new one): Message-ID and the providers' idempotency keys
    are made of it. `sender` is empty where the account's own `from` is to be used. `called_at` is
    for `reconcile`: when the call began that is asked about; else the attempt's id tells it. So is
    `taken`: references that are other messages', whatever these say.
    """

    attempt: UUID
    delivery: UUID
    notification: UUID
    tenant_id: int
    schema: str
    mode: str
    channel: str
    to: str
    sender: str = ""
    subject: str = ""
    text: str = ""
    html: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    number: int = 1
    possibly_repeated: bool = False
    key: str
    called_at: datetime | None = None
    taken: frozenset[str] = frozenset()

    @property
    def began(self) -> datetime:
        """When the call began: `called_at`, or the moment that the attempt's id was made."""
        return self.called_at or made_at(self.attempt)


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """The provider took it. `reference` is its own id; `sandbox` says that nothing left us."""

    reference: str
    receipts: tuple[ReceiptEvent, ...] = ()
    sandbox: bool = False


Outcome = Accepted | DeliveryError


def word_of(outcome: Outcome) -> str:
    """`accepted`, `refused` or `unknown`: what attempts and metrics call an outcome."""
    if isinstance(outcome, Accepted):
        return "accepted"
    return "unknown" if outcome.error_class is ErrorClass.UNKNOWN_OUTCOME else "refused"


def made_at(identifier: UUID) -> datetime:
    """The moment that a UUIDv7 was made, to the millisecond (RFC 9562, section 5.7)."""
    return datetime.fromtimestamp((identifier.int >> 80) / 1000, UTC)
