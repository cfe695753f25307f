"""Lifting a notice by hand, and what follows from it: one function for each kind that stops things.

All acts in the current tenant's schema.
"""

from collections.abc import Callable
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Now

from notifications.models import Notice
from notifications.notices import Kind
from signalbus.core.logs import get_logger
from tenants.audit.acts import Act
from tenants.audit.notes import note

log = get_logger(__name__)

Consequence = Callable[[Notice], None]

_consequences: dict[str, Consequence] = {}


def on_lift(kind: Kind, consequence: Consequence) -> None:
    """Call this, in the same transaction, when somebody lifts a notice of the kind.

    For a notice that lifts itself it is not called: nothing was stopped, or whoever lifts it knows.
    """
    _consequences[kind.value] = consequence


@transaction.atomic
def lift_notice(key: UUID, actor: str) -> Notice:
    """Lift an open notice and let go on what was stopped; of one that is lifted, nothing changes.

    Raises Notice.DoesNotExist.
    """
    notice = Notice.objects.select_for_update().get(id=key)
    if notice.lifted_at is not None:
        return notice
    Notice.objects.filter(id=key).update(lifted_at=Now(), lifted_by=actor)
    notice.refresh_from_db()
    if notice.kind in _consequences:
        _consequences[notice.kind](notice)
    note(Act.LIFT, notice)
    log.info("notice.lifted", kind=notice.kind, subject=notice.subject, actor=actor)
    return notice
