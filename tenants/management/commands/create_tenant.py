"""`manage.py create_tenant NAME --domain HOST`"""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from tenants import identity
from tenants.identity import TenantIdentity, UnknownTenantError
from tenants.provisioning import ProvisioningError, create_tenant


class Command(BaseCommand):
    help = "Make a tenant; it is ready at once where a spare schema is."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="short name: a-z, 0-9 and hyphens")
        parser.add_argument("--domain", required=True, help="host of its console")
        parser.add_argument("--locale", default="en", help="locale of last resort")
        parser.add_argument("--time-zone", default="UTC", help="such as Europe/Paris")
        parser.add_argument(
            "--if-missing", action="store_true", help="succeed when the tenant exists already"
        )

    def handle(self, *_: Any, **options: Any) -> None:
        if options["if_missing"] and _exists(options["name"]):
            self.stdout.write(f"The tenant {options['name']} exists already.")
            return
        try:
            tenant = _create(options)
        except ProvisioningError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Tenant {tenant.name}: schema {tenant.schema}.")
        self.stdout.write(f"Next: manage.py create_operator {tenant.name} USERNAME")


def _exists(name: str) -> bool:
    try:
        identity.by_name(name)
    except UnknownTenantError:
        return False
    return True


def _create(options: dict[str, Any]) -> TenantIdentity:
    return create_tenant(
        options["name"],
        options["domain"],
        default_locale=options["locale"],
        time_zone=options["time_zone"],
    )
