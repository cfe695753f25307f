"""The platform's accounts as a tenant sees them: that they are there, and nothing secret."""

from uuid import UUID

from django.db.models import QuerySet

from delivery.models import ProviderAccount
from tenants.identity import TenantIdentity
from tenants.models import PlatformAccount


def inherited_by(tenant: TenantIdentity) -> QuerySet[PlatformAccount]:
    """The accounts that serve the tenant beside its own."""
    rows = PlatformAccount.objects.all()
    return rows if tenant.inherits_accounts else rows.none()


def account_names() -> dict[UUID, str]:
    """What accounts are called that a delivery of the current tenant may have gone by."""
    named: dict[UUID, str] = {}
    for model in (PlatformAccount, ProviderAccount):
        named.update(model.objects.values_list("id", "name"))
    return named
