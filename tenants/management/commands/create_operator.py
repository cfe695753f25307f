"""`manage.py create_operator [TENANT] USERNAME`"""

from argparse import ArgumentParser
from contextlib import nullcontext
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from tenants.context import in_tenant
from tenants.management.tenant_argument import tenant_named
from tenants.operators.logins import NewOperator, OperatorError, create_operator
from tenants.roles import Role


class Command(BaseCommand):
    help = "Make somebody who may log in to a tenant's console; without a tenant, the platform's."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("tenant", nargs="?", help="the tenant's name; none: the platform")
        parser.add_argument("username")
        parser.add_argument("--password", help="at least 12 characters; by default a random one")
        parser.add_argument("--email", default="")
        parser.add_argument(
            "--role", choices=[role.value for role in Role], default=Role.OWNER.value
        )

    def handle(self, *_: Any, **options: Any) -> None:
        try:
            operator = _create(options)
        except OperatorError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"User {operator.username} may log in now, as {options['role']}.")
        if not options["password"]:
            self.stderr.write("Keep this password; it is not shown again:")
            self.stdout.write(operator.password)


def _create(options: dict[str, Any]) -> NewOperator:
    place = in_tenant(tenant_named(options["tenant"])) if options["tenant"] else nullcontext()
    with place:
        return create_operator(
            options["username"], options["password"], options["email"], Role(options["role"])
        )
