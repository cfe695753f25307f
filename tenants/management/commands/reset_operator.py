"""`manage.py reset_operator [TENANT] USERNAME [--password [PASSWORD]] [--two-factor]`"""

from argparse import ArgumentParser
from contextlib import nullcontext
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from tenants.context import in_tenant
from tenants.management.tenant_argument import tenant_named
from tenants.operators import logins, two_factor
from tenants.operators.logins import NewOperator, OperatorError


class Command(BaseCommand):
    help = (
        "Give somebody another password, or take away the second factor that they have lost. "
        "All their log-ins end."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("tenant", nargs="?", help="the tenant's name; none: the platform")
        parser.add_argument("username")
        parser.add_argument(
            "--password", nargs="?", const="", help="at least 12 characters; alone: a random one"
        )
        parser.add_argument("--two-factor", action="store_true", help="switch it off")

    def handle(self, *_: Any, **options: Any) -> None:
        if options["password"] is None and not options["two_factor"]:
            raise CommandError("Say what is to be reset: --password, --two-factor, or both.")
        place = in_tenant(tenant_named(options["tenant"])) if options["tenant"] else nullcontext()
        try:
            with place:
                changed = _reset(options)
        except OperatorError as error:
            raise CommandError(str(error)) from error
        self._tell(changed, options)

    def _tell(self, changed: NewOperator | None, options: dict[str, Any]) -> None:
        name = options["username"]
        if options["two_factor"]:
            self.stdout.write(f"User {name} logs in without a second factor now.")
        if changed:
            self.stdout.write(f"User {name} has another password now.")
        if changed and not options["password"]:
            self.stderr.write("Keep this password; it is not shown again:")
            self.stdout.write(changed.password)


@transaction.atomic
def _reset(options: dict[str, Any]) -> NewOperator | None:
    user = get_user_model().objects.filter(username=options["username"]).first()
    if user is None:
        raise OperatorError(f"There is no user {options['username']}.")
    if options["two_factor"]:
        two_factor.reset(user.pk)
    if options["password"] is None:
        return None
    return logins.set_password(options["username"], options["password"] or None)
