"""Working inside a tenant's schema."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from structlog.contextvars import bound_contextvars

from tenants import identity
from tenants.identity import TenantIdentity


@contextmanager
def in_schema(schema: str) -> Iterator[None]:
    """Make a schema the current one; afterwards the former is it again."""
    before = connection.schema_name
    connection.set_schema(schema)
    try:
        yield
    finally:
        connection.set_schema(before)


@contextmanager
def in_tenant(tenant: TenantIdentity | str) -> Iterator[TenantIdentity]:
    """Work in the tenant's schema, with its name in every line of the log.

    Takes an identity or a schema's name. Raises UnknownTenantError.
    """
    who = identity.by_schema(tenant) if isinstance(tenant, str) else tenant
    with in_schema(who.schema), bound_contextvars(tenant=who.name):
        yield who
