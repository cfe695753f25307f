"""Working inside a tenant's schema."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection
from django_tenants.utils import get_public_schema_name
from structlog.contextvars import bound_contextvars

from tenants import identity
from tenants.identity import TenantIdentity

_connection: Any = connection  # of django-tenants' backend, which has no types


def current_schema() -> str:
    """The schema that this thread's statements go to."""
    schema: str = _connection.schema_name
    return schema


def enter_schema(schema: str) -> None:
    """Send this thread's statements to a schema, until told otherwise."""
    _connection.set_schema(schema)


def leave_schema() -> None:
    """Send this thread's statements to the public schema again."""
    if current_schema() != get_public_schema_name():
        _connection.set_schema_to_public()


@contextmanager
def in_schema(schema: str) -> Iterator[None]:
    """Make a schema the current one; afterwards the former is it again."""
    before = current_schema()
    enter_schema(schema)
    try:
        yield
    finally:
        enter_schema(before)


@contextmanager
def in_tenant(tenant: TenantIdentity | str) -> Iterator[TenantIdentity]:
    """Work in the tenant's schema, with its name in every line of the log.

    Takes an identity or a schema's name. Raises UnknownTenantError.
    """
    who = identity.by_schema(tenant) if isinstance(tenant, str) else tenant
    with in_schema(who.schema), bound_contextvars(tenant=who.name):
        yield who
