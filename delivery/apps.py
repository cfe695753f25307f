from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_delete, post_save


class DeliveryConfig(AppConfig):
    name = "delivery"

    def ready(self) -> None:
        """Let what providers call find each account, whoever makes or removes it; take what people
        send to accounts; let lifting a notice let what it stopped go on."""
        from delivery.guard import watching
        from delivery.models import ProviderAccount
        from delivery.pipeline import flooding, lacking
        from delivery.receipts import receivers, sms_replies
        from delivery.receipts.mail import receiver
        from notifications import lifting
        from notifications.notices import Kind
        from signalbus.bus.streams import Channel
        from tenants.models import PlatformAccount

        for kind in (Kind.BOUNCES, Kind.COMPLAINTS):
            lifting.on_lift(kind, watching.release)
        lifting.on_lift(Kind.FLOOD, flooding.release)
        lifting.on_lift(Kind.NO_ACCOUNT, lacking.release)
        receivers.register(Channel.SMS, sms_replies.take)
        receivers.register(Channel.EMAIL, receiver.receive)
        post_save.connect(_open_door, sender=ProviderAccount)
        for model in (ProviderAccount, PlatformAccount):
            post_delete.connect(_close_door, sender=model)


def _open_door(*, instance: Any, **_: Any) -> None:
    from tenants import doors, identity
    from tenants.context import current_schema

    doors.open_door(instance.id, identity.by_schema(current_schema()).id)


def _close_door(*, instance: Any, **_: Any) -> None:
    from tenants import doors

    doors.close_door(instance.id)
