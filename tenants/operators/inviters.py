"""Open invitations stand and fall with who made them: a link gives no role that they lost."""

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from tenants import roles
from tenants.audit.acts import Act
from tenants.audit.notes import note_each
from tenants.operators.models import Invitation
from tenants.roles import Role

GONE = "whoever made it cannot log in any more"
LESS = "whoever made it has no such role any more"


def open_ones() -> QuerySet[Invitation]:
    """The invitations whose links open something at this moment."""
    return Invitation.objects.filter(
        accepted_at=None, revoked_at=None, expires_at__gt=timezone.now()
    )


def take_back_all(username: str) -> int:
    """Revoke the open invitations of somebody who is gone; how many those were."""
    return take_back(open_ones().filter(invited_by=username), GONE)


def take_back_beyond(username: str, role: Role) -> int:
    """Revoke those that give more than the role which is now theirs; how many those were."""
    given = open_ones().filter(invited_by=username, role__in=roles.beyond(role))
    return take_back(given, LESS)


@transaction.atomic
def take_back(rows: QuerySet[Invitation], why: str) -> int:
    """Revoke these, and tell why; how many those were."""
    note_each(Act.REVOKE, rows.select_for_update(), detail=why)
    return rows.update(revoked_at=timezone.now())


def rename(former: str, username: str) -> None:
    """Somebody is called otherwise from now on, and their open invitations stay theirs."""
    open_ones().filter(invited_by=former).update(invited_by=username)
