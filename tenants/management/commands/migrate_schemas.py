"""django-tenants' command, which also covers spare tenants, and notes what each schema has."""

from typing import Any

from django_tenants.management.commands.migrate_schemas import MigrateSchemasCommand

from tenants.migrated import note_migrations
from tenants.models import Tenant

PARTIAL = ("schema_name", "app_label", "plan", "check_unapplied")


class Command(MigrateSchemasCommand):
    def handle(self, *args: Any, **options: Any) -> None:
        super().handle(*args, **options)
        if self.sync_tenant and not any(options.get(name) for name in PARTIAL):
            _note_all()


def _note_all() -> None:
    """All but a spare whose making was cut short: ensure_spares has still to finish it."""
    begun = Tenant.objects.exclude(migrations="")
    note_migrations(list(begun.values_list("schema_name", flat=True)))
