"""Takes out of the line what a redrive put there and nobody has begun."""

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from delivery.models import Redrive
from delivery.redrives import sql
from delivery.redrives.progress import State, progress_of
from delivery.redrives.statuses import recompute
from notifications.database import fetch, run
from signalbus.api.problems import Problem, not_found
from tenants.audit.acts import Act
from tenants.audit.notes import note

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
        note(Act.STOP, redrive, detail=f"{redrive.stopped} put back")
    return redrive


def _put_back(redrive: Redrive, actor: str) -> int:
    """How many there were; entries are locked first, as everywhere."""
    values = {"redrive": redrive.id, "stopped": True}
    ((taken,),) = fetch(sql.TAKE_OUT, {**values, "mark": str(redrive.id)})
    run(sql.LOCK_DELIVERIES, values)
    run(sql.PUT_BACK, values)
    run(sql.OPEN_LETTERS, values)
    run(sql.ACT, {**values, "verb": VERB, "actor": actor})
    recompute(values)
    return int(taken)
