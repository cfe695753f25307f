"""Deleting a tenant: decided with a grace time, which it spends suspended, and can be taken back.

Once the time is over there is no way back; removal.py does the work.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from signalbus.bus import lines
from signalbus.bus.models import LinePause
from signalbus.core.errors import SignalbusError
from signalbus.core.logs import get_logger
from tenants import identity
from tenants.identity import SECONDS_HOSTS_REMEMBERED
from tenants.models import State, Tenant
from tenants.suspension import PAUSE_REASON as SUSPENDED

PAUSE_REASON = "deletion"
REASON = "It is to be deleted at {at:%FT%TZ}."
BEGUN = "It is being deleted."
# What other processes remember of the tenant has to end before its tables do.
UNTIL_FORGOTTEN = timedelta(seconds=SECONDS_HOSTS_REMEMBERED + 5)

log = get_logger(__name__)


class DeletingError(SignalbusError):
    """A tenant that is not deleted as asked, or no longer kept; the message says why."""


def check_typed(tenant: Tenant, typed: str) -> None:
    """Raise DeletingError unless the tenant's name was typed."""
    if typed != tenant.name:
        raise DeletingError(f"Type the tenant's name, {tenant}, to say that it is meant.")


@transaction.atomic
def schedule(tenant_id: int, now: datetime | None = None) -> Tenant:
    """Suspend the tenant, and delete it when the grace time is over; once more changes nothing.

    Raises DeletingError for one that is being deleted.
    """
    tenant = _locked(tenant_id)
    if tenant.delete_at is not None:
        return tenant
    delete_at = (now or timezone.now()) + timedelta(days=settings.DELETE_AFTER_DAYS)
    tenant.delete_at = delete_at
    tenant.state = State.SUSPENDED
    tenant.suspension_reason = REASON.format(at=delete_at)
    tenant.save(update_fields=["delete_at", "state", "suspension_reason"])
    lines.pause(LinePause.EVERY_STREAM, tenant_id, PAUSE_REASON, tenant.suspension_reason)
    log.warning("tenant.to_be_deleted", tenant=tenant.name, delete_at=delete_at.isoformat())
    return tenant


@transaction.atomic
def take_back(tenant_id: int) -> Tenant:
    """Keep the tenant; it goes on, unless it was suspended for another reason as well.

    Raises DeletingError where its deletion has begun.
    """
    tenant = _locked(tenant_id)
    if tenant.delete_at is None:
        return tenant
    tenant.delete_at = None
    tenant.suspension_reason = _other_reason(tenant_id)
    tenant.state = State.SUSPENDED if tenant.suspension_reason else State.ACTIVE
    tenant.save(update_fields=["delete_at", "state", "suspension_reason"])
    lines.resume(LinePause.EVERY_STREAM, tenant_id, PAUSE_REASON)
    log.warning("tenant.kept", tenant=tenant.name)
    return tenant


@transaction.atomic
def begin(tenant_id: int, now: datetime | None = None) -> Tenant:
    """From here on there is no way back: nobody is served any more, and no line goes on.

    Raises DeletingError where that was begun before.
    """
    tenant = _locked(tenant_id)
    tenant.state = State.DELETING
    tenant.delete_at = (now or timezone.now()) + UNTIL_FORGOTTEN
    tenant.suspension_reason = BEGUN
    tenant.save(update_fields=["delete_at", "state", "suspension_reason"])
    lines.pause(LinePause.EVERY_STREAM, tenant_id, PAUSE_REASON, BEGUN)
    transaction.on_commit(identity.forget)
    log.warning("tenant.deleting", tenant=tenant.name, schema=tenant.schema_name)
    return tenant


def _locked(tenant_id: int) -> Tenant:
    tenant = Tenant.objects.select_for_update().filter(id=tenant_id).first()
    if tenant is None or tenant.state == State.SPARE:
        raise DeletingError("There is no such tenant.")
    if tenant.state == State.DELETING:
        raise DeletingError(f"{tenant} is being deleted: there is no way back.")
    return tenant


def _other_reason(tenant_id: int) -> str:
    """Why it was suspended besides; nothing where it was not."""
    pauses = LinePause.objects.filter(
        stream=LinePause.EVERY_STREAM, tenant_id=tenant_id, reason=SUSPENDED
    )
    note = pauses.values_list("note", flat=True).first()
    return "" if note is None else note or "no reason was given"
