from importlib import import_module

from django.apps import apps
from django.contrib import admin
from django.contrib.admin.apps import AdminConfig

FOREIGN = ("auditlog", "otp_static", "otp_totp")  # shown by pages of Signalbus's own, if at all


class ConsoleConfig(AdminConfig):
    """Django's admin with the tenants' console as its default site, and the platform's beside."""

    default_site = "signalbus.console.sites.TenantConsole"

    def ready(self) -> None:
        super().ready()
        _without_foreign_pages()
        for pages in ("users", "invitations", "platform", "tenants", "lines", "audit"):
            import_module(f"signalbus.console.{pages}")


def _without_foreign_pages() -> None:
    """Packages register pages of their own, which know no roles and look like nothing else."""
    for label in FOREIGN:
        for model in apps.get_app_config(label).get_models():
            if admin.site.is_registered(model):
                admin.site.unregister(model)
