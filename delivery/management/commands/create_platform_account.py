"""`manage.py create_platform_account NAME --kind smtp --channel email --options '{…}' < secrets`"""

import json
import sys
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from delivery.account_limits import (
    BIGGEST_BURST,
    FASTEST,
    HEAVIEST,
    HIGHEST_POSITION,
    SLOWEST,
)
from delivery.providers import registry
from signalbus.bus.streams import Channel
from tenants.models import PlatformAccount

PLAIN = ("kind", "channel", "position", "weight", "per_second", "burst", "tenant_per_second")


class Command(BaseCommand):
    help = (
        "Make a provider account of the platform, which all tenants inherit. Its credentials are "
        "read from standard input, as a JSON object."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="a name of your own")
        parser.add_argument("--kind", required=True, help="such as smtp or twilio")
        parser.add_argument("--channel", required=True, choices=list(Channel))
        parser.add_argument("--options", default="{}", help="what is no secret, as a JSON object")
        position, weight = between(0, HIGHEST_POSITION), between(1, HEAVIEST)
        rate, burst = between(SLOWEST, FASTEST), between(1, BIGGEST_BURST)
        parser.add_argument("--position", type=position, default=0, help="the lowest comes first")
        parser.add_argument("--weight", type=weight, default=1, help="share at the same position")
        parser.add_argument("--per-second", type=rate, help="messages of all tenants together")
        parser.add_argument("--burst", type=burst, default=1, help="at once after a pause")
        parser.add_argument("--tenant-per-second", type=rate, help="messages of each tenant")

    def handle(self, *_: Any, name: str, options: str, **given: Any) -> None:
        if PlatformAccount.objects.filter(name=name).exists():
            raise CommandError(f"There is already an account {name!r}: change it in the console.")
        fields = {field: given[field] for field in PLAIN}
        row = PlatformAccount(name=name, options=_object(options, "--options"), **fields)
        secrets = _object(_piped(), "standard input")
        if problems := registry.validate(row.kind, row.channel, row.options, secrets):
            told = "\n".join(f"{pointer}: {detail}" for pointer, detail in problems)
            raise CommandError(told)
        row.credentials = secrets
        with transaction.atomic():
            row.save()
        self.stdout.write(f"Account {name}: {row.id}. Workers use it within seconds.")


def between(least: float, most: float) -> Callable[[str], float]:
    """A reader of numbers within bounds, whole ones where the bounds are whole."""

    def read(text: str) -> float:
        value = type(most)(text)
        if not least <= value <= most:
            raise ArgumentTypeError(f"{text} is not from {least:g} to {most:g}")
        return value

    return read


def _piped() -> str:
    """What is piped in; nothing where a person sits at the keyboard."""
    return "" if sys.stdin.isatty() else sys.stdin.read()


def _object(text: str, where: str) -> dict[str, Any]:
    try:
        found = json.loads(text.strip() or "{}")
    except ValueError as error:
        raise CommandError(f"{where} is no JSON: {error}") from error
    if not isinstance(found, dict):
        raise CommandError(f"{where} is no JSON object.")
    return found
