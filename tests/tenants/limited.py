"""Gives tenants limits."""

from tenants.identity import TenantIdentity
from tenants.models import Tenant


def limit(tenant: TenantIdentity, **numbers: int | None) -> None:
    """Say what differs from the table of limits for the tenant."""
    row = Tenant.objects.get(id=tenant.id)
    row.limits = numbers
    row.save()
