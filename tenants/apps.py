from django.apps import AppConfig
from django.db.models.signals import post_delete, post_save
from django_tenants.signals import schema_pre_migration


class TenantsConfig(AppConfig):
    name = "tenants"

    def ready(self) -> None:
        """What this process changes it sees at once, whatever it remembers."""
        from tenants import identity, migrated

        schema_pre_migration.connect(migrated.ensure_spare_schema, dispatch_uid="tenants.spare")
        for model in ("Tenant", "Domain", "ApiKey"):
            for changed in (post_save, post_delete):
                changed.connect(
                    lambda **_: identity.forget(),
                    sender=self.get_model(model),
                    weak=False,
                    dispatch_uid=f"tenants.forget.{model}",
                )
