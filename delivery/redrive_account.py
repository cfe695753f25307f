"""The account that a redrive may name: to be sent through, or to have been sent through."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Exists, Q, QuerySet

from delivery.models import ProviderAccount
from signalbus.api.problems import PointedError, invalid
from tenants.context import current_schema
from tenants.models import Mode, PlatformAccount, Tenant

UNKNOWN = "There is no provider account with this id or name."
DISABLED = "The account {name} is not enabled: enable it first, or name another one."
SIMULATED = "What test keys made goes to the simulator, whatever the account: leave it out."


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """An account that somebody named."""

    id: UUID
    name: str
    channel: str


def to_send_through(mode: str, name: str | None) -> Named | None:
    """The account that a redrive is to use alone, by its id or name; the tenant's own come first.

    Raises Problem `invalid` pointing to `/account` where it is not there or not to be used.
    """
    if not name:
        return None
    if mode == Mode.TEST:
        raise invalid(PointedError("/account", SIMULATED))
    row = _find(name)
    if row is None:
        raise invalid(PointedError("/account", UNKNOWN))
    if not row.enabled:
        raise invalid(PointedError("/account", DISABLED.format(name=row.name)))
    return Named(id=row.id, name=row.name, channel=row.channel)


def sent_through(name: str | None) -> UUID | None:
    """The id of the account that a filter names; by its id also one that is gone.

    Raises Problem `invalid` pointing to `/filter/account`.
    """
    if not name:
        return None
    row = _find(name)
    if row is None and _key(name) is None:
        raise invalid(PointedError("/filter/account", UNKNOWN))
    return row.id if row else _key(name)


def _find(name: str) -> ProviderAccount | PlatformAccount | None:
    key = _key(name)
    which = Q(id=key) if key else Q(name=name)
    own = ProviderAccount.objects.filter(which).first()
    return own or inherited().filter(which).first()


def inherited() -> QuerySet[PlatformAccount]:
    """The platform's accounts, where they serve the current tenant."""
    here = Tenant.objects.filter(schema_name=current_schema(), inherits_accounts=True)
    return PlatformAccount.objects.filter(Exists(here))


def _key(name: str) -> UUID | None:
    try:
        return UUID(name)
    except ValueError:
        return None
