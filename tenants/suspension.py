"""Stopping a tenant and letting it go on: its API, and its lines."""

from django.db import transaction

from signalbus.bus import lines
from signalbus.bus.models import LinePause
from signalbus.core.errors import SignalbusError
from tenants import identity
from tenants.audit.acts import Act
from tenants.audit.notes import note
from tenants.models import State, Tenant

PAUSE_REASON = "suspended"


class SuspensionError(SignalbusError):
    """A tenant that cannot go on."""


@transaction.atomic
def suspend(tenant_id: int, reason: str) -> None:
    """Refuse the tenant's API requests, with the reason, and hold what it has in the line.

    What is under way at a provider ends as usual. A second reason replaces the first. Of one that
    is to be deleted the reason is kept for the case that this is taken back.
    """
    served = Tenant.objects.served().filter(id=tenant_id)
    served.filter(delete_at=None).update(state=State.SUSPENDED, suspension_reason=reason)
    if served.exists():
        lines.pause(LinePause.EVERY_STREAM, tenant_id, PAUSE_REASON, reason)
        note(Act.SUSPEND, served.get(), detail=reason)
    transaction.on_commit(identity.forget)


@transaction.atomic
def resume(tenant_id: int) -> None:
    """Let a suspended tenant go on; its lines stay paused if there are other reasons.

    Raises SuspensionError for one that is to be deleted.
    """
    suspended = Tenant.objects.filter(id=tenant_id, state=State.SUSPENDED)
    if ending := suspended.exclude(delete_at=None).first():
        raise SuspensionError(
            f"{ending} is to be deleted at {ending.delete_at:%FT%TZ}: take that back first."
        )
    for tenant in suspended:
        note(Act.RESUME, tenant, detail=tenant.suspension_reason)
    suspended.update(state=State.ACTIVE, suspension_reason="")
    lines.resume(LinePause.EVERY_STREAM, tenant_id, PAUSE_REASON)
    transaction.on_commit(identity.forget)
