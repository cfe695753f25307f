"""A page of notifications with what belongs to them, by a number of queries that never grows."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils import timezone

from notifications import answers
from notifications.answers import Place
from notifications.models import Delivery, Notification
from notifications.states import Status
from signalbus.bus import outbox
from signalbus.bus.entries import Held


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A notification, its deliveries in order, the entries of the open ones and what they say."""

    notification: Notification
    deliveries: Sequence[Delivery]
    entries: Mapping[UUID, Held]
    places: Mapping[UUID, Place]

    def answer(self) -> dict[str, Any]:
        """The notification as the API shows it."""
        row = self.notification
        return answers.notification(row, row.created_at, self.deliveries, self.places)


def found(rows: Sequence[Notification]) -> list[Found]:
    """The notifications with their deliveries and places in the line: two queries."""
    deliveries = _deliveries([row.id for row in rows])
    opened = [d.id for each in deliveries.values() for d in each if d.status == Status.QUEUED]
    entries = outbox.peek(opened) if opened else {}
    now = timezone.now()
    places = {key: answers.place(entries.get(key), now) for key in opened}
    return [_found(row, deliveries[row.id], entries, places) for row in rows]


def _deliveries(notifications: Sequence[UUID]) -> Mapping[UUID, list[Delivery]]:
    by_notification: defaultdict[UUID, list[Delivery]] = defaultdict(list)
    for row in Delivery.objects.filter(notification_id__in=notifications).order_by("id"):
        by_notification[row.notification_id].append(row)
    return by_notification


def _found(
    row: Notification,
    deliveries: Sequence[Delivery],
    entries: Mapping[UUID, Held],
    places: Mapping[UUID, Place],
) -> Found:
    ids = {delivery.id for delivery in deliveries}
    return Found(
        notification=row,
        deliveries=deliveries,
        entries={key: entries[key] for key in ids & entries.keys()},
        places={key: places[key] for key in ids & places.keys()},
    )
