"""`manage.py smoke --url URL --key KEY`: sends through a deployed installation by a test key."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from signalbus.smoke.arguments import add_arguments, target_of
from signalbus.smoke.calling import SmokeError
from signalbus.smoke.steps import run


class Command(BaseCommand):
    help = "Send a message through a deployed installation by a test key, down to its delivery."
    requires_system_checks = []  # it asks another installation, not this one

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_arguments(parser)

    def handle(self, *_: Any, **options: Any) -> None:
        try:
            for said in run(target_of(options)):
                self.stdout.write(f"ok    {said}")
        except (SmokeError, ValueError) as error:
            raise CommandError(str(error)) from error
