"""`manage.py reseal_secrets`: after a new key of the ring, so that the old one may go."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from signalbus.core.crypto import LONGEST_ID, KeyRing, SecretError
from signalbus.resealing import Opens, opens, reseal, secrets


class Command(BaseCommand):
    help = "Seal everything that is stored encrypted with the first key of the ring."

    def handle(self, *_: Any, **__: Any) -> None:
        _check_newest()
        stored = secrets()
        counts = reseal(stored)
        self.stdout.write(f"Sealed anew: {counts[Opens.OLDER]}.")
        self.stdout.write(f"Sealed with the first key already: {counts[Opens.NEWEST]}.")
        if counts[Opens.NONE]:
            names = [secret.name for secret in stored if opens(secret) is Opens.NONE]
            raise CommandError(
                f"No key of SIGNALBUS_ENCRYPTION_KEYS opens {len(names)}: {'; '.join(names)}. "
                "Put the key back that is missing, behind the first, and run this again."
            )


def _check_newest() -> None:
    """Raise CommandError where not everything can be sealed with the first key."""
    try:
        newest = KeyRing.parse(settings.ENCRYPTION_KEYS).newest
    except SecretError as error:
        raise CommandError(str(error)) from error
    if len(newest) > LONGEST_ID:
        raise CommandError(
            f"The id {newest!r} of the first key has {len(newest)} characters, and second factors "
            f"have room for {LONGEST_ID}. Put a key with a shorter id in front of it, and run this "
            "again. Nothing was sealed anew."
        )
