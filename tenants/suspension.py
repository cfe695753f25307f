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
    tenant = _locked(tenant_id)
    if tenant is None:
        return
    if tenant.delete_at is None:
        _set(tenant, State.SUSPENDED, reason)
    lines.pause(LinePause.EVERY_STREAM, tenant_id, PAUSE_REASON, reason)
    note(Act.SUSPEND, tenant, detail=reason)
    transaction.on_commit(identity.forget)


@transaction.atomic
def resume(tenant_id: int) -> None:
    """Let a suspended tenant go on; its lines stay paused if there are other reasons.

    Raises SuspensionError for one that is to be deleted.
    """
    tenant = _locked(tenant_id)
    if tenant is not None and tenant.state == State.SUSPENDED:
        _let_go_on(tenant)
    lines.resume(LinePause.EVERY_STREAM, tenant_id, PAUSE_REASON)
    transaction.on_commit(identity.forget)


def _let_go_on(tenant: Tenant) -> None:
    if tenant.delete_at is not None:
        raise SuspensionError(
            f"{tenant} is to be deleted at {tenant.delete_at:%FT%TZ}: take that back first."
        )
    note(Act.RESUME, tenant, detail=tenant.suspension_reason)
    _set(tenant, State.ACTIVE, "")


def _locked(tenant_id: int) -> Tenant | None:
    """The tenant, which nobody suspends, resumes or deletes until the transaction ends."""
    return Tenant.objects.served().select_for_update().filter(id=tenant_id).first()


def _set(tenant: Tenant, state: State, reason: str) -> None:
    Tenant.objects.filter(id=tenant.pk).update(state=state, suspension_reason=reason)
