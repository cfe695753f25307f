"""`manage.py set_limits TENANT [--key PREFIX] [NAME=NUMBER …]`"""

from argparse import ArgumentParser
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from tenants import limits
from tenants.identity import TenantIdentity
from tenants.limit_checks import OFF, LimitsError, check_key, check_tenant, number_of
from tenants.limits import Numbers, Subject
from tenants.management.tenant_argument import add_tenant, tenant_named
from tenants.models import ApiKey, Tenant

DEFAULT = "default"


class Command(BaseCommand):
    help = "Set limits of a tenant or a key, such as sms_per_day=1000, and show which hold."

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_tenant(parser)
        parser.add_argument(
            "changes",
            nargs="*",
            metavar="NAME=NUMBER",
            help=f"`{OFF}` for no limit, `{DEFAULT}` for the installation's own number, or of a "
            "key for its tenant's alone",
        )
        parser.add_argument("--key", metavar="PREFIX", help="a key of the tenant, not itself")

    def handle(self, *_: Any, **options: Any) -> None:
        tenant = tenant_named(options["tenant"])
        named = options["key"]
        changed = _change(tenant, named, options["changes"])
        for name, number in (_of_key if named else _of_tenant)(changed).items():
            self.stdout.write(f"{name:28} {OFF if number is None else number}")


@transaction.atomic
def _change(tenant: TenantIdentity, named: str | None, changes: Iterable[str]) -> dict[str, Any]:
    """Change the limits of the tenant, or of the key that is named; all that it has then."""
    row = _key(tenant, named) if named else Tenant.objects.select_for_update().get(id=tenant.id)
    changed = dict(row.limits)
    for change in changes:
        _apply(changed, change)
    try:
        check_key(changed, tenant.limits) if named else check_tenant(changed)
    except LimitsError as error:
        raise CommandError(str(error)) from error
    row.limits = changed
    row.save(update_fields=["limits"])
    return changed


def _key(tenant: TenantIdentity, prefix: str) -> ApiKey:
    keys = ApiKey.objects.select_for_update().filter(tenant_id=tenant.id)
    found = keys.filter(prefix=prefix.rstrip("…")).first()
    if found is None:
        raise CommandError(
            f"No key of {tenant.name} begins with {prefix}: the console shows how each begins, "
            "such as sb_live_3kQ9xT."
        )
    return found


def _of_tenant(own: Numbers) -> dict[str, int | None]:
    numbers = limits.numbers_of(Subject.TENANT, settings.LIMITS, own)
    return numbers | limits.figures(limits.of_tenant(settings.LIMITS, own))


def _of_key(own: Numbers) -> dict[str, int | None]:
    return limits.figures(limits.of_key(own))


def _apply(own: dict[str, Any], change: str) -> None:
    name, equals, value = change.partition("=")
    if not equals:
        raise CommandError(f"{change} is not NAME=NUMBER.")
    if value == DEFAULT:
        own.pop(name, None)
    else:
        own[name] = number_of(value)
