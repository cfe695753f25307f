"""What follows from each kind of receipt: the delivery's next state, and a suppression."""

from delivery.errors import ErrorClass
from delivery.receipts.events import EventKind
from notifications.states import Status, origins

# A complaint and an opt-out say nothing new about whether the message arrived; one that is put off
# or bounced softly may arrive yet, and how often an address does so is counted elsewhere.
TARGETS: dict[EventKind, Status] = {
    EventKind.DELIVERED: Status.DELIVERED,
    EventKind.BOUNCED: Status.BOUNCED,
    EventKind.FAILED: Status.FAILED,
}
GOOD = Status.DELIVERED

# The words of notifications.models.SuppressionReason.
SUPPRESSES: dict[EventKind, str] = {
    EventKind.BOUNCED: "hard_bounce",
    EventKind.COMPLAINED: "complaint",
    EventKind.OPTED_OUT: "opt_out",
}
ERROR_CLASSES: dict[EventKind, ErrorClass] = {EventKind.BOUNCED: ErrorClass.BAD_ADDRESS}
# What counts towards an address's soft bounces.
SOFT: frozenset[EventKind] = frozenset({EventKind.SOFT_BOUNCED})


def legal_moves() -> list[tuple[EventKind, Status, Status]]:
    """Every (kind, state before, state after) that a receipt may make."""
    return [
        (kind, origin, target)
        for kind, target in TARGETS.items()
        for origin in sorted(origins(target))
    ]
