"""Settling by hand: a person who knows better says what became of a send of unknown outcome."""

from collections.abc import Sequence
from enum import StrEnum
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from notifications import status_sql
from notifications.models import Action, Delivery, Notification
from notifications.states import MOVES, Status
from signalbus.api.problems import PointedError, Problem, invalid, not_found
from tenants.audit.acts import Act
from tenants.audit.notes import note

VERB = "settle_{}"  # and the state
NOT_OF_IT = "This notification has no such delivery."
NOTHING = "Only what is unknown is settled by hand, and of this nothing is: it is {status}."


class Settled(StrEnum):
    """What may be said of it."""

    SENT = Status.SENT.value
    DELIVERED = Status.DELIVERED.value
    FAILED = Status.FAILED.value


@transaction.atomic
def settle(
    mode: str, notification: UUID, settled: Settled, actor: str, delivery: UUID | None = None
) -> Sequence[UUID]:
    """Settle a delivery of the current tenant's notification, or all of its unknown ones.

    Returns those that were. Raises Problem `not-found`, `invalid` where the delivery is another
    notification's, and `conflict` where nothing is unknown.
    """
    found = Notification.objects.filter(id=notification, mode=mode).first()
    if found is None:
        raise not_found()
    rows = list(Delivery.objects.filter(notification=found).order_by("id").select_for_update())
    chosen = [row for row in rows if delivery in (None, row.id)]
    if delivery and not chosen:
        raise invalid(PointedError("/delivery", NOT_OF_IT))
    target = Status(settled.value)
    ids = [row.id for row in chosen if _may(row, target)]
    if not ids:
        state = chosen[0].status if delivery else found.status
        raise Problem("conflict", NOTHING.format(status=state), extra={"state": state})
    _write(ids, target)
    _tell(notification, ids, target, actor)
    note(Act.SETTLE, found, detail=f"as {target}")
    return ids


def _may(row: Delivery, target: Status) -> bool:
    return row.status == Status.UNKNOWN and target in MOVES[Status.UNKNOWN]


def _write(ids: Sequence[UUID], target: Status) -> None:
    """What went well has no error any more; what failed keeps the one that left it unknown."""
    rows = Delivery.objects.filter(id__in=ids)
    rows.update(status=target, settled_at=timezone.now())
    if target is not Status.FAILED:
        rows.update(error_class="", error_code="", detail="")


def _tell(notification: UUID, ids: Sequence[UUID], target: Status, actor: str) -> None:
    Action.objects.create(
        notification_id=notification,
        deliveries=list(ids),
        verb=VERB.format(target),
        actor=actor,
        created_at=timezone.now(),
    )
    status_sql.recompute([notification])
