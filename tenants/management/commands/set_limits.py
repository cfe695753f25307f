"""`manage.py set_limits TENANT [NAME=NUMBER …]`"""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from tenants.limit_checks import OFF, LimitsError, check_tenant, number_of
from tenants.limits import Subject, figures, numbers_of, of_tenant
from tenants.management.tenant_argument import add_tenant, tenant_named
from tenants.models import Tenant

DEFAULT = "default"


class Command(BaseCommand):
    help = "Set limits of a tenant, such as sms_per_day=1000, and show which hold."

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_tenant(parser)
        parser.add_argument(
            "changes",
            nargs="*",
            metavar="NAME=NUMBER",
            help=f"`{OFF}` for no limit, `{DEFAULT}` for the installation's own number",
        )

    def handle(self, *_: Any, **options: Any) -> None:
        tenant = Tenant.objects.get(id=tenant_named(options["tenant"]).id)
        limits = dict(tenant.limits)
        for change in options["changes"]:
            _apply(limits, change)
        try:
            check_tenant(limits)
        except LimitsError as error:
            raise CommandError(str(error)) from error
        tenant.limits = limits
        tenant.save(update_fields=["limits"])
        numbers = numbers_of(Subject.TENANT, settings.LIMITS, limits)
        numbers |= figures(of_tenant(settings.LIMITS, limits))
        for name, number in numbers.items():
            self.stdout.write(f"{name:28} {OFF if number is None else number}")


def _apply(limits: dict[str, Any], change: str) -> None:
    name, equals, value = change.partition("=")
    if not equals:
        raise CommandError(f"{change} is not NAME=NUMBER.")
    if value == DEFAULT:
        limits.pop(name, None)
    else:
        limits[name] = number_of(value)
