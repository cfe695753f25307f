"""What gave up: the list that operators work off, and how a letter leaves it."""

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from delivery.models import DeadLetter
from notifications.models import Action
from tenants.audit.acts import Act
from tenants.audit.notes import note_each

ACKNOWLEDGE = "acknowledge"


def open_letters(mode: str | None = None) -> QuerySet[DeadLetter]:
    """Those neither acknowledged nor redriven, newest first; of both modes where None."""
    rows = DeadLetter.objects.filter(acknowledged_at=None, redriven_at=None)
    return rows.filter(mode=mode) if mode else rows


@transaction.atomic
def acknowledge(letters: Sequence[UUID], actor: str, mode: str | None = None) -> list[DeadLetter]:
    """Take letters off the list; the history keeps them, and who did it. Returns those taken.

    Letters that are not on the list (any more) are left as they are, so a repeat changes nothing.
    """
    rows = list(open_letters(mode).filter(id__in=letters).order_by("id").select_for_update())
    now = timezone.now()
    open_letters().filter(id__in=[row.id for row in rows]).update(
        acknowledged_at=now, acknowledged_by=actor
    )
    Action.objects.bulk_create(
        Action(
            notification_id=row.notification_id,
            deliveries=[row.delivery_id],
            verb=ACKNOWLEDGE,
            actor=actor,
            created_at=now,
        )
        for row in rows
    )
    note_each(Act.ACKNOWLEDGE, rows)
    for row in rows:
        row.acknowledged_at, row.acknowledged_by = now, actor
    return rows
