"""The argument by which commands name a tenant."""

from argparse import ArgumentParser

from django.core.management.base import CommandError

from tenants import identity
from tenants.identity import TenantIdentity, UnknownTenantError


def add_tenant(parser: ArgumentParser) -> None:
    parser.add_argument("tenant", help="the tenant's name")


def tenant_named(name: str) -> TenantIdentity:
    """The tenant. Raises CommandError."""
    try:
        return identity.by_name(name)
    except UnknownTenantError as error:
        raise CommandError(f"{error} Make it with: manage.py create_tenant {name}") from error
