"""Cancelling: all of a notification that is still open, or nothing.

What an earlier attempt may have brought to its recipient (its outcome is unknown, or a provider
took it and it fell over for want of a receipt) goes no further either, but it cannot be called
cancelled: it is unknown, so that a late receipt or a person may still say what became of it.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from notifications import status_sql
from notifications.models import Action, Delivery, Notification
from notifications.states import OPEN, Shown, Status
from signalbus.api.problems import Problem, not_found
from signalbus.bus import outbox
from signalbus.bus.entries import Held
from signalbus.bus.purposes import Purpose
from signalbus.core.metrics import NOTIFICATIONS_PROCESSED
from tenants.audit.acts import Act
from tenants.audit.notes import note

VERB = "cancel"
UNKNOWN_OUTCOME = "unknown_outcome"  # the word of delivery.errors
IN_DOUBT = "cancelled"  # the error code by which redrives of many know what to leave alone
DOUBT = "It was cancelled while it waited to be sent again; an earlier attempt may have arrived."
UNDER_WAY = "A delivery is under way and may reach its recipient, so nothing was cancelled."
CHANGED = (
    "It was put into the line anew at this very moment, so nothing was cancelled. Cancel it again."
)


@transaction.atomic
def cancel(mode: str, notification_id: UUID, actor: str) -> Mapping[UUID, Status]:
    """Cancel the open deliveries of a notification of the current tenant; what each became.

    Their entries are locked before the deliveries are looked at: either the cancel comes first, or
    a worker's claim. With them go those that wait for receipts, or what was sent might be sent
    anew. Raises Problem `not-found`, and `too-late`, with the state, where a delivery
    is under way or none is open; then nothing is changed.
    """
    notification = Notification.objects.filter(id=notification_id, mode=mode).first()
    if notification is None:
        raise not_found()
    rows = Delivery.objects.filter(notification_id=notification_id).order_by("id")
    held = outbox.lock_of(list(rows.values_list("id", flat=True)))
    waiting = [row for row in rows.select_for_update() if row.status in OPEN]
    _check(notification, [row.id for row in waiting], held)
    outbox.remove(held)
    _settle(notification_id, waiting, actor)
    note(Act.CANCEL, notification)
    transaction.on_commit(partial(_count, waiting))
    return {row.id: _ending(row) for row in waiting}


def _check(notification: Notification, opened: Sequence[UUID], held: Mapping[UUID, Held]) -> None:
    """Raise Problem unless all that is open waits."""
    if any(_is_under_way(entry) for entry in held.values()):
        raise Problem("too-late", UNDER_WAY, extra={"state": Shown.SENDING})
    if not opened:
        detail = f"Nothing of it waits any more: it is {notification.status}."
        raise Problem("too-late", detail, extra={"state": notification.status})
    if not held.keys() >= set(opened):
        raise Problem("conflict", CHANGED)


def _is_under_way(entry: Held) -> bool:
    """Whether a provider was called, or is asked what became of a call."""
    return entry.claim is not None or entry.purpose == Purpose.RECONCILE


def _ending(row: Delivery) -> Status:
    return Status.UNKNOWN if row.possibly_repeated else Status.CANCELLED


def _settle(notification_id: UUID, waiting: Sequence[Delivery], actor: str) -> None:
    now = timezone.now()
    rows = Delivery.objects.filter(id__in=[row.id for row in waiting])
    rows.filter(possibly_repeated=True).update(
        status=Status.UNKNOWN,
        settled_at=now,
        error_class=UNKNOWN_OUTCOME,
        error_code=IN_DOUBT,
        detail=DOUBT,
    )
    rows.filter(possibly_repeated=False).update(status=Status.CANCELLED, settled_at=now)
    status_sql.recompute([notification_id])
    Action.objects.create(
        notification_id=notification_id,
        deliveries=[row.id for row in waiting],
        verb=VERB,
        actor=actor,
        created_at=now,
    )


def _count(cancelled: Sequence[Delivery]) -> None:
    for row in cancelled:
        NOTIFICATIONS_PROCESSED.labels(row.channel, row.lane, _ending(row).value).inc()
