"""`manage.py create_platform_key`"""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from tenants.management.moment_argument import moment_named
from tenants.platform_keys import create_key


class Command(BaseCommand):
    help = "Make a key of the platform's own API, /api/platform/v1, and print it, this one time."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--name", default="platform key", help="what the key is for")
        parser.add_argument("--expires", help="date or time, such as 2027-01-31")

    def handle(self, *_: Any, **options: Any) -> None:
        new = create_key(options["name"][:100], moment_named(options["expires"]))
        self.stderr.write(f"Keep this key; it is not shown again. It begins with {new.key.prefix}:")
        self.stdout.write(new.secret)
