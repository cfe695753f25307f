from typing import Any

from django.apps import AppConfig


class TemplatesAppConfig(AppConfig):
    name = "templates_app"
    verbose_name = "Templates"

    def ready(self) -> None:
        """Give each new tenant's schema its starter templates."""
        from templates_app import starters
        from tenants.signals import schema_prepared

        def install(**_: Any) -> None:
            starters.install()

        schema_prepared.connect(install, weak=False, dispatch_uid="starter-templates")
