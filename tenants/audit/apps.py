from importlib import import_module

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """An app of its own, since its trigger stands in every schema and `tenants` does not."""

    name = "tenants.audit"
    label = "audit"

    def ready(self) -> None:
        import_module("tenants.audit.registry").register()
        import_module("tenants.audit.receivers")
