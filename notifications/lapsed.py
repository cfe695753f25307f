"""Suppressions whose time has passed: they are none, so they stand in no new one's way."""

from django.db.models.functions import Now

from notifications.models import Suppression


def give_way(mode: str, channel: str, address: str, *, besides: int | None = None) -> None:
    """Remove the address's suppression where it has lapsed; in the transaction of a new one.

    `besides` is the id of one that stays, since it is itself what is changed.
    """
    rows = Suppression.objects.filter(
        mode=mode, channel=channel, address=address, expires_at__lte=Now()
    )
    (rows if besides is None else rows.exclude(id=besides)).delete()
