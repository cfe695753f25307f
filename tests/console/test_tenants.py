"""Tenants, their domains and the people who log in."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import Settings

from tenants import identity
from tenants.context import in_tenant
from tenants.identity import TenantIdentity
from tenants.models import ApiKey, Domain, State, Tenant
from tenants.operators import logins
from tests.console.conftest import PASSWORD, browser


def test_the_platform_makes_suspends_and_resumes_tenants(platform: Client) -> None:
    form = {
        "name": "initech",
        "domain": "initech.localhost",
        "operator": "irma",
        "default_locale": "en",
        "time_zone": "UTC",
    }
    made = platform.post("/admin/tenants/tenant/add/", form)
    assert made.status_code == 200
    tenant = Tenant.objects.get(name="initech")
    assert "no-store" in made.headers["Cache-Control"]
    log_in = {"username": "irma", "password": made.context["operator"].password}
    assert browser("initech.localhost").post("/admin/login/", log_in).status_code == 302
    twice = platform.post("/admin/tenants/tenant/add/", {**form, "domain": "other.localhost"})
    assert b"exists already" in twice.content
    page = f"/admin/tenants/tenant/{tenant.pk}/"
    platform.post(f"{page}suspend/", {"reason": ""})
    assert Tenant.objects.get(name="initech").state == State.ACTIVE
    platform.post(f"{page}suspend/", {"reason": "unpaid"})
    assert identity.by_name("initech").suspension_reason == "unpaid"
    platform.post(f"{page}resume/")
    assert identity.by_name("initech").state == State.ACTIVE
    told = platform.get(f"{page}history/", follow=True).content
    assert b"unpaid" in told
    assert b"resume" in told
    key = {"name": "k", "mode": "test", "scopes": ["read"], "tenant": tenant.pk}
    assert platform.post("/admin/tenants/apikey/add/", key).status_code == 200
    assert ApiKey.objects.get().tenant_id == tenant.pk


def test_a_tenant_that_cannot_have_its_first_user_is_not_made(platform: Client) -> None:
    form = {"name": "hooli", "domain": "hooli.localhost", "operator": "no good!"}
    refused = platform.post(
        "/admin/tenants/tenant/add/", {**form, "default_locale": "en", "time_zone": "UTC"}
    )
    assert b"Enter a valid username" in refused.content
    assert not Tenant.objects.filter(name="hooli").exists()


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "signalbus.example.org"])
def test_no_tenant_gets_the_platforms_own_host(
    platform: Client, acme: TenantIdentity, settings: Settings, host: str
) -> None:
    settings.BASE_URL = "https://signalbus.example.org"
    form = {"domain": host, "tenant": str(acme.id)}
    refused = platform.post("/admin/tenants/domain/add/", form)
    assert b"is the installation&#x27;s own" in refused.content
    assert not Domain.objects.filter(domain=host).exists()


def test_a_host_that_a_tenant_had_before_stays(platform: Client, acme: TenantIdentity) -> None:
    domain = Domain.objects.create(tenant_id=acme.id, domain="127.0.0.1", is_primary=False)
    answer = platform.post(f"/admin/tenants/domain/{domain.pk}/change/", {"domain": "127.0.0.1"})
    domain.delete()
    assert answer.status_code == 302


def test_a_tenant_keeps_its_last_and_its_primary_domain(
    platform: Client, acme: TenantIdentity
) -> None:
    only = Domain.objects.get(tenant_id=acme.id)
    address = "/admin/tenants/domain/{}/delete/"
    refused = platform.post(address.format(only.pk), {"post": "yes"}, follow=True)
    assert b"is the only domain of acme" in refused.content
    second = Domain.objects.create(tenant_id=acme.id, domain="more.localhost", is_primary=False)
    refused = platform.post(address.format(only.pk), {"post": "yes"}, follow=True)
    assert b"is the primary domain of acme" in refused.content
    platform.post(address.format(second.pk), {"post": "yes"})
    assert Domain.objects.get(tenant_id=acme.id) == only
    told = platform.get(f"/admin/tenants/tenant/{acme.id}/history/", follow=True).content
    assert b"domain more.localhost: domain" in told


def test_users_are_deactivated_but_not_oneself(console: Client, acme: TenantIdentity) -> None:
    with in_tenant(acme):
        logins.create_operator("otto", PASSWORD)
        olga, otto = (User.objects.get(username=name) for name in ("olga", "otto"))
    users = "/admin/auth/user/"
    assert console.post(f"{users}{otto.pk}/delete/", {"post": "yes"}).status_code == 403
    refused = console.post(f"{users}{olga.pk}/deactivate/", follow=True)
    assert b"Nobody can deactivate their own log-in" in refused.content
    console.post(f"{users}{otto.pk}/deactivate/")
    with in_tenant(acme):
        assert list(User.objects.filter(is_active=True)) == [olga]
        with pytest.raises(logins.OperatorError, match="last owner"):
            logins.deactivate(olga.pk, by=otto.pk)
    console.post(f"{users}{otto.pk}/activate/")
    assert b"deactivate" in console.get(f"{users}{otto.pk}/history/", follow=True).content
    with in_tenant(acme):
        assert User.objects.filter(is_active=True).count() == 2
