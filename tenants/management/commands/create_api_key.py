"""`manage.py create_api_key TENANT`"""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from tenants.keys import create_key
from tenants.management.moment_argument import moment_named
from tenants.management.tenant_argument import add_tenant, tenant_named
from tenants.models import Mode, Scope


class Command(BaseCommand):
    help = "Make an API key of a tenant and print it, this one time."

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_tenant(parser)
        parser.add_argument("--name", default="", help="what the key is for")
        parser.add_argument("--mode", choices=Mode.values, default=Mode.LIVE.value)
        parser.add_argument(
            "--scopes", default=",".join(Scope.values), help="some of send,read,manage"
        )
        parser.add_argument("--expires", help="date or time, such as 2027-01-31")

    def handle(self, *_: Any, **options: Any) -> None:
        tenant = tenant_named(options["tenant"])
        new = create_key(
            tenant.id,
            name=options["name"] or f"{options['mode']} key",
            mode=options["mode"],
            scopes=_scopes(options["scopes"]),
            expires_at=moment_named(options["expires"]),
        )
        self.stderr.write("Keep this key; it is not shown again:")
        self.stdout.write(new.secret)


def _scopes(text: str) -> list[str]:
    wanted = [part.strip() for part in text.split(",") if part.strip()]
    unknown = sorted(set(wanted) - set(Scope.values))
    if unknown or not wanted:
        raise CommandError(f"--scopes takes some of {','.join(Scope.values)}, not {text!r}.")
    return wanted
