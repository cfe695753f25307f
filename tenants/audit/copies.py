"""What the platform does to a tenant stands in the tenant's own log as well."""

from typing import Any

from auditlog.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db.models import Model
from django_tenants.utils import get_public_schema_name

from tenants.context import current_schema, in_schema
from tenants.models import Tenant

PLATFORM = "platform: {}"  # whoever of it did it


def tell_tenant(subject: Model, entry: LogEntry) -> None:
    """Copy an entry of the public log that is about a tenant, or about something of one.

    From where it was done is the platform's own business. Of a schema that is gone nothing is told.
    """
    if current_schema() != get_public_schema_name():
        return
    tenant = subject if isinstance(subject, Tenant) else getattr(subject, "tenant", None)
    if not isinstance(tenant, Tenant) or not _has_log(tenant.schema_name):
        return
    model = entry.content_type.model_class()  # its id differs from schema to schema
    with in_schema(tenant.schema_name):
        LogEntry.objects.create(
            content_type=ContentType.objects.get_for_model(model),
            object_pk=entry.object_pk,
            object_id=entry.object_id,
            object_repr=entry.object_repr,
            action=entry.action,
            changes=entry.changes,
            additional_data=_data(entry),
        )


def _data(entry: LogEntry) -> dict[str, Any]:
    data: dict[str, Any] = entry.additional_data
    return {**data, "actor": PLATFORM.format(data["actor"])}


def _has_log(schema: str) -> bool:
    name = f"{connection.ops.quote_name(schema)}.auditlog_logentry"
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [name])
        return bool(cursor.fetchone()[0])
