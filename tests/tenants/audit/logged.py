"""The audit log as tests look at it."""

from typing import Any

from auditlog.models import LogEntry

from tenants.context import in_schema
from tenants.identity import TenantIdentity

PUBLIC = "public"


def entries(tenant: TenantIdentity | None = None, **wanted: Any) -> list[LogEntry]:
    """What the tenant's log has, or the platform's, the oldest first."""
    with in_schema(tenant.schema if tenant else PUBLIC):
        rows = LogEntry.objects.select_related("content_type").order_by("pk")
        return list(rows.filter(**{f"additional_data__{key}": v for key, v in wanted.items()}))


def last(tenant: TenantIdentity | None = None, **wanted: Any) -> LogEntry:
    """The newest."""
    return entries(tenant, **wanted)[-1]


def acts(tenant: TenantIdentity | None = None) -> list[str]:
    return [entry.additional_data["act"] for entry in entries(tenant)]
