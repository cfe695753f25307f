"""Answers for requests that were accepted before, though whoever asked did not get to know."""

from collections.abc import Sequence
from uuid import UUID

from django.utils import timezone

from notifications import answers
from notifications.models import Notification
from notifications.values import Accepted, Result
from signalbus.bus import outbox


def landed(ids: Sequence[UUID]) -> dict[UUID, Result]:
    """Of these notifications those that exist in the current tenant, with their answers."""
    rows = Notification.objects.filter(id__in=ids).prefetch_related("deliveries")
    deliveries = [delivery.id for row in rows for delivery in row.deliveries.all()]
    now = timezone.now()
    places = {name: answers.place(held, now) for name, held in outbox.peek(deliveries).items()}
    return {row.id: Accepted(answer=_answer(row, places)) for row in rows}


def _answer(row: Notification, places: dict[UUID, answers.Place]) -> dict[str, object]:
    ordered = sorted(row.deliveries.all(), key=lambda delivery: delivery.id)
    return answers.notification(row, row.created_at, ordered, places)
