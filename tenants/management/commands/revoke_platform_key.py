"""`manage.py revoke_platform_key PREFIX`"""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from tenants.models import PlatformKey
from tenants.platform_keys import BRAND, revoke


class Command(BaseCommand):
    help = "End a key of the platform's own API for good."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("prefix", help=f"how it begins, such as {BRAND}3kQ9xT")

    def handle(self, *_: Any, **options: Any) -> None:
        prefix = options["prefix"].rstrip("…")
        key = PlatformKey.objects.filter(prefix=prefix).first()
        if key is None:
            known = ", ".join(f"{each.prefix} ({each.name})" for each in PlatformKey.objects.all())
            raise CommandError(
                f"No key of the platform begins with {prefix}. There are: {known or 'none'}."
            )
        revoke(key)
        self.stdout.write(f"{key.prefix}… is revoked; it opens nothing within seconds.")
