"""`manage.py ensure_spares`"""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from tenants.provisioning import ensure_spares


class Command(BaseCommand):
    help = "Keep migrated schemas ready for new tenants."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--count", type=int, default=settings.SPARE_SCHEMAS, help="how many are to be ready"
        )

    def handle(self, *_: Any, **options: Any) -> None:
        worked_on = ensure_spares(options["count"])
        self.stdout.write(f"{worked_on} spare schemas made or brought up to date.")
