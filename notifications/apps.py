from typing import Any

from django.apps import AppConfig
from django.db import transaction
from django.db.models.signals import post_delete, post_save


class NotificationsConfig(AppConfig):
    name = "notifications"

    def ready(self) -> None:
        """Give each new tenant its starter policies; forget what is kept of a changed policy;
        keep templates that are still needed; look at notices of quotas once limits change."""
        from notifications import pinned
        from notifications.models import Policy, PolicyChannel
        from templates_app.signals import template_users_asked
        from tenants.models import ApiKey, Tenant
        from tenants.signals import schema_prepared

        template_users_asked.connect(pinned.users, dispatch_uid="pinned-deliveries")
        schema_prepared.connect(_install, dispatch_uid="starter-policies")
        for model in (Policy, PolicyChannel):
            post_save.connect(_forget, sender=model)
            post_delete.connect(_forget, sender=model)
        post_save.connect(_review_quotas, sender=Tenant)
        post_save.connect(_review_quotas, sender=ApiKey)


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


def _review_quotas(instance: Any, created: bool, **_: Any) -> None:
    """Not for the one who saves to fail by: the job of each minute looks as well."""
    from notifications import quota_notices

    if not created:
        tenant = getattr(instance, "tenant_id", instance.pk)
        transaction.on_commit(lambda: quota_notices.review_id(tenant), robust=True)
