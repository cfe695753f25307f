"""All that was written down about one notification, in five queries."""

from collections.abc import Sequence
from dataclasses import dataclass

from delivery.history.found import Found, found
from delivery.models import Attempt, DeadLetter, Receipt
from notifications.models import Action, Notification


@dataclass(frozen=True, slots=True, kw_only=True)
class Trail:
    """A notification with its attempts, receipts, dead letters and actions, oldest first."""

    found: Found
    attempts: Sequence[Attempt]
    receipts: Sequence[Receipt]
    letters: Sequence[DeadLetter]
    actions: Sequence[Action]


def trail(notification: Notification) -> Trail:
    """What there is to tell of the notification."""
    (here,) = found([notification])
    ids = [delivery.id for delivery in here.deliveries]
    return Trail(
        found=here,
        attempts=list(Attempt.objects.filter(delivery_id__in=ids).order_by("id")),
        receipts=list(Receipt.objects.filter(delivery_id__in=ids).order_by("id")),
        letters=list(DeadLetter.objects.filter(delivery_id__in=ids).order_by("id")),
        actions=list(Action.objects.filter(notification_id=notification.id).order_by("id")),
    )
