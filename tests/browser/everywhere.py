"""The addresses of every page of both consoles, with an object behind each."""

from typing import Any

from django.contrib.auth.models import User
from django.db import models

from templates_app.models import TemplateVersion
from tenants.context import in_tenant
from tenants.identity import TenantIdentity
from tenants.operators import invitations, new_passwords
from tenants.roles import Role
from tests.browser.screenshots.addresses import Known, addresses
from tests.browser.screenshots.opens import pages
from tests.console.conftest import PLATFORM_HOST, logged_in
from tests.console.everything import one_of, one_of_platform
from tests.console.pages import PLATFORM, TENANT

Row = models.Model

# Whoever is logged in is led away from them, or would be logged out.
ENTRANCES = frozenset({"login", "log_in_code", "admin_password_reset", "join", "new_password"})


def of_tenant(tenant: TenantIdentity, mark: str, owner: str) -> list[str]:
    """The paths of the tenant's pages as an owner sees them; it is filled by that mark."""
    ids = _ids(one_of(tenant, mark))
    with in_tenant(tenant):
        version = TemplateVersion.objects.latest("created_at")
    ids |= {"version": version.pk, "version_add": version.template_id}
    return _opened(TENANT, ids, "delivery", f"{tenant.name}.localhost", owner)


def of_platform(tenant: TenantIdentity, owner: str) -> list[str]:
    """The paths of the platform's pages; the tenant is one of its own."""
    return _opened(PLATFORM, _ids(one_of_platform(tenant)), "tenants", PLATFORM_HOST, owner)


def entrances(tenant: TenantIdentity, owner: str) -> list[str]:
    """Where somebody comes to whom the tenant's console is not open yet."""
    with in_tenant(tenant):
        secret = invitations.invite("new@example.org", Role.VIEWER, owner).secret
        part, token = new_passwords.link_of(User.objects.get(username=owner))
    forgotten = ["/admin/login/", "/admin/forgotten/", f"/admin/new-password/{part}/{token}/"]
    return [*forgotten, f"/admin/join/{secret}/", "/admin/join/no-longer-good/"]


def _opened(table: str, ids: dict[str, Any], app: str, host: str, owner: str) -> list[str]:
    nobodys = {"join": {"secret": "-"}, "new_password": {"uidb64": "-", "token": "-"}}
    every = addresses(table, Known(ids=ids, parts=nobodys, app=app))
    inside = [each for each in every if each.name not in ENTRANCES]
    client = logged_in(host, owner)
    return [each.path for each in pages(client, inside)]


def _ids(rows: dict[type[Row], Row]) -> dict[str, Any]:
    return {f"{model._meta.app_label}_{model._meta.model_name}": rows[model].pk for model in rows}
