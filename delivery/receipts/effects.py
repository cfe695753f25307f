"""What follows from each kind of receipt: the delivery's next state, and a suppression."""

from delivery.errors import RULES, ErrorClass
from delivery.receipts.events import EventKind
from notifications import suppressing
from notifications.states import Status, origins

# A complaint and an opt-out say nothing new about whether the message arrived; one that is put off
# may arrive yet. After a soft bounce the provider has given up, so the delivery can be redriven;
# how often an address bounces so is counted elsewhere.
TARGETS: dict[EventKind, Status] = {
    EventKind.DELIVERED: Status.DELIVERED,
    EventKind.BOUNCED: Status.BOUNCED,
    EventKind.FAILED: Status.FAILED,
    EventKind.SOFT_BOUNCED: Status.FAILED,
}
GOOD = Status.DELIVERED

# The words of notifications.models.SuppressionReason.
SUPPRESSES: dict[EventKind, str] = {
    EventKind.BOUNCED: "hard_bounce",
    EventKind.COMPLAINED: "complaint",
    EventKind.OPTED_OUT: "opt_out",
}
ERROR_CLASSES: dict[EventKind, ErrorClass] = {EventKind.BOUNCED: ErrorClass.BAD_ADDRESS}
# What counts towards an address's soft bounces: a kind, and the class that it has to have, if any.
# Services that know no soft bounces, such as those of SMS, tell of an unreachable recipient so.
SOFT: dict[EventKind, str] = {
    EventKind.SOFT_BOUNCED: "",
    EventKind.FAILED: ErrorClass.UNREACHABLE,
}


def legal_moves() -> list[tuple[EventKind, Status, Status]]:
    """Every (kind, state before, state after) that a receipt may make."""
    return [
        (kind, origin, target)
        for kind, target in TARGETS.items()
        for origin in sorted(origins(target))
    ]


def causes() -> list[tuple[EventKind, str, str]]:
    """Every (kind, error class or empty for any, reason) that speaks against an address."""
    at_once = [(kind, "", reason) for kind, reason in SUPPRESSES.items()]
    soft = [(kind, needed, suppressing.SOFT) for kind, needed in SOFT.items()]
    return [*at_once, *_as_refused(), *soft]


def _as_refused() -> list[tuple[EventKind, str, str]]:
    """What a provider says against an address later counts as if it had refused at once."""
    return [
        (EventKind.FAILED, name.value, rule.suppresses)
        for name, rule in RULES.items()
        if rule.suppresses
    ]
