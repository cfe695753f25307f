from typing import Any

from django.apps import AppConfig
from django.db import transaction
from django.db.models.signals import post_delete, post_save


class NotificationsConfig(AppConfig):
    name = "notifications"

    def ready(self) -> None:
        """Give each new tenant its starter policies; forget what is kept of a changed policy;
        keep templates that are still needed."""
        from notifications import pinned
        from notifications.models import Policy, PolicyChannel
        from templates_app.signals import template_users_asked
        from tenants.signals import schema_prepared

        template_users_asked.connect(pinned.users, dispatch_uid="pinned-deliveries")
        schema_prepared.connect(_install, dispatch_uid="starter-policies")
        for model in (Policy, PolicyChannel):
            post_save.connect(_forget, sender=model)
            post_delete.connect(_forget, sender=model)


def _install(**_: Any) -> None:
    from notifications import starters
    from templates_app import starters as templates

    templates.install()  # receivers come in no order that could be relied upon
    starters.install()


def _forget(**_: Any) -> None:
    from notifications import policies
    from tenants.context import current_schema

    schema = current_schema()
    transaction.on_commit(lambda: policies.forget(schema))
