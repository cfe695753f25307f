from importlib import import_module

from django.contrib.admin.apps import AdminConfig


class ConsoleConfig(AdminConfig):
    """Django's admin with the tenants' console as its default site, and the platform's beside."""

    default_site = "signalbus.console.sites.TenantConsole"

    def ready(self) -> None:
        super().ready()
        for pages in ("users", "platform", "lines"):
            import_module(f"signalbus.console.{pages}")
