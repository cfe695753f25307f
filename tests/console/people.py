"""People of every role in front of a console."""

from django.test import Client

from tenants.context import in_tenant
from tenants.identity import TenantIdentity
from tenants.operators import logins
from tenants.roles import Role
from tests.console.conftest import PASSWORD, logged_in


def at_console(tenant: TenantIdentity, role: Role, username: str = "") -> Client:
    """Somebody of that role, called as the role unless said otherwise, in the tenant's console."""
    name = username or role.value
    with in_tenant(tenant):
        logins.create_operator(name, PASSWORD, role=role)
    return logged_in(f"{tenant.name}.localhost", name)
