"""django-tenants' command, which also covers spare tenants, and notes what each schema has."""

from typing import Any

from django_tenants.management.commands.migrate_schemas import MigrateSchemasCommand

from tenants.migrated import note_migrations
from tenants.models import Tenant


class Command(MigrateSchemasCommand):
    def handle(self, *args: Any, **options: Any) -> None:
        super().handle(*args, **options)
        if self.sync_tenant and not self.schema_name and not options.get("app_label"):
            note_migrations(list(Tenant.objects.values_list("schema_name", flat=True)))
