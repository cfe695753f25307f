"""The platform's accounts as a tenant sees them: that they are there, and nothing secret."""

from django.db.models import QuerySet

from tenants.identity import TenantIdentity
from tenants.models import PlatformAccount


def inherited_by(tenant: TenantIdentity) -> QuerySet[PlatformAccount]:
    """The accounts that serve the tenant beside its own."""
    rows = PlatformAccount.objects.all()
    return rows if tenant.inherits_accounts else rows.none()
