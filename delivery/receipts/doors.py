"""From a hook's address to the account behind it, and whose it is."""

from dataclasses import dataclass
from uuid import UUID

from delivery import accounts
from delivery.providers.account import Account
from signalbus.api.problems import Problem
from tenants import doors
from tenants.identity import TenantIdentity


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """An account, and the tenant whose it is; none where it is the platform's."""

    account: Account
    tenant: TenantIdentity | None


def find(kind: str, account_id: UUID) -> Door:
    """The account of that kind and id, enabled or not. Raises Problem where there is none."""
    tenant = doors.tenant_of(account_id)
    known = accounts.of_platform() if tenant is None else _own(tenant)
    account = next((each for each in known if each.id == account_id), None)
    if account is None or account.kind != kind:
        raise Problem("not-found", "No provider account of that kind has that id.")
    return Door(account=account, tenant=tenant)


def _own(tenant: TenantIdentity) -> list[Account]:
    found = accounts.accounts_of_all([tenant]).get(tenant.id)
    if found is None:
        raise Problem("unavailable", "The tenant's accounts cannot be read now; repeat it.")
    return [account for account in found if not account.inherited]
