"""Takes out of the line what a redrive put there and nobody has begun."""

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from delivery.models import Redrive
from delivery.redrives import sql
from delivery.redrives.progress import State, progress_of
from notifications import status_sql
from notifications.database import fetch, run
from signalbus.api.problems import Problem, not_found
from signalbus.core.ids import new_id

VERB = "redrive_stop"
OVER = "Nothing of it waits any more: all of its deliveries have come to an end."


@transaction.atomic
def stop(mode: str | None, key: UUID, actor: str) -> Redrive:
    """Give the deliveries that were not begun their former state back; the others go on.

    A second stop changes nothing. Raises Problem `not-found`, and `too-late` where nothing waits.
    """
    rows = Redrive.objects.filter(id=key, **({"mode": mode} if mode else {}))
    redrive = rows.select_for_update().first()
    if redrive is None:
        raise not_found()
    (progress,) = progress_of([redrive])
    if progress.state is State.DONE:
        raise Problem("too-late", OVER, extra={"state": progress.state})
    if progress.state is State.RUNNING:
        redrive.stopped = _put_back(redrive, actor)
        redrive.stopped_at, redrive.stopped_by = timezone.now(), actor
        redrive.save(update_fields=["stopped", "stopped_at", "stopped_by"])
    return redrive


def _put_back(redrive: Redrive, actor: str) -> int:
    """How many there were; entries are locked first, as everywhere."""
    taken = [row[0] for row in fetch(sql.TAKE_OUT, {"redrive": str(redrive.id)})]
    values = {"redrive": redrive.id, "deliveries": taken}
    run(sql.LOCK_DELIVERIES, values)
    changed = fetch(sql.PUT_BACK, values)
    run(sql.OPEN_LETTERS, values)
    run(sql.FORGET, values)
    _tell(changed, actor)
    status_sql.recompute(notification for _, notification in changed)
    return len(taken)


def _tell(changed: Sequence[tuple[UUID, UUID]], actor: str) -> None:
    run(
        sql.ACT,
        {
            "actions": [new_id() for _ in changed],
            "deliveries": [delivery for delivery, _ in changed],
            "notifications": [notification for _, notification in changed],
            "verb": VERB,
            "actor": actor,
        },
    )
