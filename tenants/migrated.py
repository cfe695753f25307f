"""Which migrations a tenant's schema has to have, and bringing it there."""

import hashlib
from functools import cache

from auditlog.context import disable_auditlog
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django_tenants.utils import get_public_schema_name

from tenants import signals
from tenants.context import in_schema
from tenants.models import State, Tenant


@cache
def current_migrations() -> str:
    """A digest of the names of all migrations that this version has for tenants' schemas."""
    labels = _tenant_labels()
    names = sorted(MigrationLoader(None).disk_migrations)
    wanted = [f"{app}.{name}" for app, name in names if app in labels]
    return hashlib.sha256("\n".join(wanted).encode()).hexdigest()


def ensure_schema(schema: str) -> None:
    """Create the schema if it is not there yet."""
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE SCHEMA IF NOT EXISTS {connection.ops.quote_name(schema)}")


def ensure_spare_schema(schema_name: str, **_: object) -> None:
    """Receiver: let a migration of everything also cover a spare whose making was cut short."""
    if schema_name == get_public_schema_name():
        return
    if Tenant.objects.filter(schema_name=schema_name, state=State.SPARE).exists():
        ensure_schema(schema_name)


def bring_up_to_date(spare: Tenant) -> None:
    """Give a spare tenant its schema, the current migrations and what apps begin with.

    Safe to repeat after a crash at any point.
    """
    ensure_schema(spare.schema_name)
    call_command("migrate_schemas", schema_name=spare.schema_name, interactive=False, verbosity=0)
    with in_schema(spare.schema_name), disable_auditlog():  # nobody's doing
        signals.schema_prepared.send(Tenant, schema=spare.schema_name)
    note_migrations([spare.schema_name])


def note_migrations(schemas: list[str]) -> None:
    """Remember that these schemas have all current migrations."""
    Tenant.objects.filter(schema_name__in=schemas).update(migrations=current_migrations())


def _tenant_labels() -> set[str]:
    return {
        config.label for config in apps.get_app_configs() if config.name in settings.TENANT_APPS
    }
