"""`manage.py demo_setup --json [--known FILE]`"""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from signalbus import demo_data


class Command(BaseCommand):
    help = "Make the demo tenants acme and globex, with log-ins, keys and simulated accounts."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print what to log in with as JSON")
        parser.add_argument(
            "--known", type=Path, help="what a former run printed: stays where it is still valid"
        )

    def handle(self, *_: Any, **options: Any) -> None:
        made = demo_data.set_up(_known(options["known"]))
        text = json.dumps(made, indent=2) if options["json"] else _in_words(made)
        self.stdout.write(text)


def _known(path: Path | None) -> dict[str, Any]:
    if path is None or not path.exists():
        return {}
    try:
        return dict(json.loads(path.read_text()))
    except ValueError as error:
        raise CommandError(
            f"{path} is not JSON: {error}. Remove it, and new keys are made."
        ) from error


def _in_words(made: dict[str, Any]) -> str:
    platform = made["platform"]
    lines = [f"platform console: {platform['username']} / {platform['password']}"]
    for name, tenant in made["tenants"].items():
        lines += [
            f"{name} ({tenant['host']}): {tenant['username']} / {tenant['password']}",
            f"  live key {tenant['live_key']}",
            f"  test key {tenant['test_key']}",
        ]
    return "\n".join(lines)
