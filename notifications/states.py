"""Delivery states and their legal moves; how a notification's state follows from its deliveries."""

from collections.abc import Iterable
from enum import StrEnum


class Status(StrEnum):
    """Where a delivery, or a notification as a whole, stands."""

    QUEUED = "queued"
    SENT = "sent"
    DELIVERED = "delivered"
    SKIPPED = "skipped"
    FAILED = "failed"
    DEAD = "dead"
    BOUNCED = "bounced"
    UNKNOWN = "unknown"
    CANCELLED = "cancelled"


class Shown(StrEnum):
    """What people see instead of `queued`; read from the outbox entry, never stored."""

    SENDING = "sending"
    HELD = "held"
    RETRYING = "retrying"


class Skip(StrEnum):
    """Why a delivery is not made."""

    PREFERENCE = "preference"
    SUPPRESSED = "suppressed"
    CAPPED = "capped"
    NO_CONTACT = "no_contact"
    NO_TEMPLATE = "no_template"
    EXPIRED = "expired"
    DUPLICATE = "duplicate"
    DIGEST = "digest"


MOVES: dict[Status, frozenset[Status]] = {
    Status.QUEUED: frozenset(Status) - {Status.QUEUED},
    # Sent once more only by a policy that waits for receipts.
    Status.SENT: frozenset({Status.QUEUED, Status.DELIVERED, Status.BOUNCED, Status.FAILED}),
    Status.DELIVERED: frozenset(),
    Status.SKIPPED: frozenset(),
    Status.FAILED: frozenset({Status.QUEUED, Status.SENT, Status.DELIVERED}),
    Status.DEAD: frozenset({Status.QUEUED, Status.SENT, Status.DELIVERED}),
    Status.BOUNCED: frozenset({Status.QUEUED, Status.DELIVERED}),
    Status.UNKNOWN: frozenset(
        {Status.QUEUED, Status.SENT, Status.DELIVERED, Status.BOUNCED, Status.FAILED}
    ),
    Status.CANCELLED: frozenset(),
}
REDRIVABLE = frozenset({Status.FAILED, Status.DEAD, Status.BOUNCED, Status.UNKNOWN})
OPEN = frozenset({Status.QUEUED})

# The first that any delivery has is the notification's; design: docs/architecture.md.
PRECEDENCE = (
    Status.QUEUED,
    Status.DELIVERED,
    Status.SENT,
    Status.UNKNOWN,
    Status.BOUNCED,
    Status.FAILED,
    Status.DEAD,
    Status.CANCELLED,
    Status.SKIPPED,
)


def origins(target: Status) -> frozenset[Status]:
    """The states from which a delivery may get to the target; for conditional updates."""
    return frozenset(status for status, targets in MOVES.items() if target in targets)


def status_of_all(statuses: Iterable[Status]) -> Status:
    """A notification's status; `skipped` where it has no delivery at all."""
    present = set(statuses)
    return next((status for status in PRECEDENCE if status in present), Status.SKIPPED)
