"""The numbers at the head of the page: what somebody may have to do now."""

from django.urls import reverse

from notifications.models import Delivery, Notification
from notifications.states import Status
from signalbus.bus.streams import Channel
from signalbus.console.figures import Figure, bounded
from signalbus.console.home.line import Waiting
from signalbus.console.navigation import open_dead_letters
from signalbus.panels.modes import LIVE
from signalbus.panels.words import distance_from_now


def figures(waiting: Waiting) -> list[Figure]:
    """Live ones, like the lists that they lead to; the line has tests in it as well."""
    listing = reverse("admin:notifications_notification_changelist")
    dead = open_dead_letters()
    return [
        Figure("Open live deliveries", _open(), "hourglass_top", f"{listing}?status=queued"),
        Figure("Oldest that is due", _since(waiting), "schedule", "#line"),
        Figure("Next scheduled", _scheduled(waiting), "event", _scheduled_link(waiting)),
        Figure("Live outcomes unknown", _unknown(), "help", f"{listing}?status=unknown"),
        Figure(
            "Open live dead letters",
            dead or "0",
            "error",
            reverse("admin:delivery_deadletter_changelist"),
            is_bad=bool(dead),
        ),
    ]


def _open() -> str:
    """Queued, held, retrying and sending together: what the list's filter `queued` shows.

    All channels are named so that the index of channel, status and id serves.
    """
    return bounded(
        Delivery.objects.filter(channel__in=list(Channel), status=Status.QUEUED, mode=LIVE)
    )


def _unknown() -> str:
    return bounded(Notification.objects.filter(mode=LIVE, status=Status.UNKNOWN))


def _since(waiting: Waiting) -> str:
    return distance_from_now(waiting.oldest) if waiting.oldest else "none"


def _scheduled(waiting: Waiting) -> str:
    return distance_from_now(waiting.scheduled.at) if waiting.scheduled else "none"


def _scheduled_link(waiting: Waiting) -> str:
    if waiting.scheduled is None:
        return "#line"
    return reverse("admin:notifications_notification_change", args=[waiting.scheduled.notification])
