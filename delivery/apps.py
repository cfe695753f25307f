from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_delete, post_save


class DeliveryConfig(AppConfig):
    name = "delivery"

    def ready(self) -> None:
        """Let what providers call find each account, whoever makes or removes it."""
        from delivery.models import ProviderAccount
        from tenants.models import PlatformAccount

        post_save.connect(_open_door, sender=ProviderAccount)
        for model in (ProviderAccount, PlatformAccount):
            post_delete.connect(_close_door, sender=model)


def _open_door(*, instance: Any, created: bool, **_: Any) -> None:
    from tenants import doors, identity
    from tenants.context import current_schema

    if created:
        doors.open_door(instance.id, identity.by_schema(current_schema()).id)


def _close_door(*, instance: Any, **_: Any) -> None:
    from tenants import doors

    doors.close_door(instance.id)
