"""The numbers at the head of the page."""

from datetime import timedelta
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from notifications.models import Delivery, Notification
from notifications.states import Status
from signalbus.bus.streams import Channel
from signalbus.console.figures import Figure, bounded
from signalbus.console.navigation import open_dead_letters
from signalbus.core.ids import lowest_id_at
from signalbus.panels.modes import LIVE

WINDOW = timedelta(hours=24)
TROUBLE = ("failed", "dead", "bounced", "unknown")


def figures() -> list[Figure]:
    """Live ones only, like the lists that they lead to."""
    since = lowest_id_at(timezone.now() - WINDOW)
    recent = Notification.objects.filter(id__gte=since, mode=LIVE)
    listing = reverse("admin:notifications_notification_changelist")
    waiting = open_dead_letters()
    return [
        Figure("Live notifications in 24 h", bounded(recent), "notifications", listing),
        Figure(
            "Live deliveries that are open", _open(), "hourglass_top", f"{listing}?status=queued"
        ),
        Figure(
            "Live troubles in 24 h",
            bounded(_troubled(since)),
            "warning",
            f"{listing}?status=failed",
        ),
        Figure(
            "Live outcomes unknown",
            bounded(Notification.objects.filter(mode=LIVE, status=Status.UNKNOWN)),
            "help",
            f"{listing}?status=unknown",
        ),
        Figure(
            "Open live dead letters",
            waiting or "0",
            "error",
            reverse("admin:delivery_deadletter_changelist"),
            is_bad=bool(waiting),
        ),
    ]


def _troubled(since: UUID) -> QuerySet[Delivery]:
    """All channels are named so that the index of channel, status and id serves."""
    return Delivery.objects.filter(
        id__gte=since, channel__in=list(Channel), status__in=TROUBLE, mode=LIVE
    )


def _open() -> str:
    """Queued, held, retrying and sending together: what the list's filter `queued` shows."""
    return bounded(
        Delivery.objects.filter(channel__in=list(Channel), status=Status.QUEUED, mode=LIVE)
    )
