"""Whether every schema has the migrations of this version, and none of a newer one."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from signalbus.doctor.findings import Finding, fail, ok, some, warn
from tenants.models import State, Tenant
from tenants.schemas import TenantWork, run_for_tenants

PUBLIC = "public"
APPLIED = "SELECT app, name FROM {schema}.django_migrations"
MIGRATE = "Run manage.py migrate_schemas; docs/upgrading.md says what to do when one fails."

Names = Collection[tuple[str, str]]


def probe() -> Iterator[Finding]:
    """One round trip for all schemas."""
    if Tenant._meta.db_table not in connection.introspection.table_names():
        yield fail("The database has no tables of Signalbus.", MIGRATE)
        return
    tenants = {row.schema_name: row for row in Tenant.objects.exclude(schema_name=PUBLIC)}
    schemas = [PUBLIC, *tenants]
    answers = run_for_tenants([TenantWork(schema, [(APPLIED, {})]) for schema in schemas])
    disk = set(MigrationLoader(None).disk_migrations)
    behind: list[str] = []
    ahead: list[str] = []
    for schema, answer in zip(schemas, answers, strict=True):
        applied = (
            set() if isinstance(answer, Exception) else {(app, name) for app, name in answer[0]}
        )
        wanted = _wanted(disk, _apps_of(schema))
        if wanted - applied:
            behind.append(_named(schema, tenants, len(wanted - applied)))
        if applied - disk:
            ahead.append(_named(schema, tenants, len(applied - disk)))
    yield from _told(len(schemas), behind, ahead)


def _told(count: int, behind: list[str], ahead: list[str]) -> Iterator[Finding]:
    if behind:
        yield fail(f"{len(behind)} of {count} schemas lack migrations: {some(behind)}.", MIGRATE)
    if ahead:
        says = f"{len(ahead)} of {count} schemas have migrations of a newer version: {some(ahead)}."
        yield warn(says, "Run the version that made them, or see docs/upgrading.md, Going back.")
    if not (behind or ahead):
        yield ok(f"All {count} schemas have the migrations of this version.")


def _apps_of(schema: str) -> Collection[str]:
    names = settings.SHARED_APPS if schema == PUBLIC else settings.TENANT_APPS
    return {config.label for config in apps.get_app_configs() if _listed(config, names)}


def _listed(config: Any, names: Collection[str]) -> bool:
    """Apps are listed by their package, or by the path of their configuration."""
    path = f"{type(config).__module__}.{type(config).__qualname__}"
    return config.name in names or path in names


def _wanted(disk: Names, labels: Collection[str]) -> set[tuple[str, str]]:
    return {(app, name) for app, name in disk if app in labels}


def _named(schema: str, tenants: Mapping[str, Tenant], count: int) -> str:
    tenant = tenants.get(schema)
    spare = tenant is not None and tenant.state == State.SPARE
    name = f"{schema} (spare)" if spare else str(tenant or schema)
    return f"{name} ({count})"
