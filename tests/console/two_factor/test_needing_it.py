"""Tenants and platforms whose people all need a second factor, and the way back for one."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import Settings

from tenants.context import in_tenant
from tenants.identity import TenantIdentity
from tenants.models import Tenant
from tenants.operators import logins
from tenants.roles import Role
from tests.console.conftest import PASSWORD, logged_in
from tests.console.people import at_console
from tests.console.two_factor.steps import (
    CODE,
    PAGE,
    SECURITY,
    code_of,
    half_way,
    is_in,
    require,
    set_up,
)


def test_a_tenant_that_needs_it_shows_nothing_else_until_then(
    console: Client, acme: TenantIdentity, clock: Any
) -> None:
    viewer = at_console(acme, Role.VIEWER)
    assert is_in(viewer)
    require(acme)
    for path in ("", "notifications/notification/", "password_change/", "sign-ins/", "search/?s=a"):
        answer = viewer.get(f"/admin/{path}")
        assert (answer.status_code, answer.headers.get("Location")) == (302, PAGE), path
    assert viewer.post("/admin/tenants/apikey/add/", {"name": "x"}).headers["Location"] == PAGE
    page = viewer.get(PAGE)
    assert b"nothing else opens before" in page.content
    assert b"/admin/notifications/" not in page.content
    set_up(viewer, clock)
    assert is_in(viewer)


def test_who_may_not_go_on_may_leave(console: Client, acme: TenantIdentity) -> None:
    require(acme)
    assert console.post("/admin/logout/").status_code == 200


def test_another_tenant_needs_nothing(
    console: Client, acme: TenantIdentity, globex: TenantIdentity
) -> None:
    require(acme)
    with in_tenant(globex):
        logins.create_operator("olga", PASSWORD)
    assert is_in(logged_in("globex.localhost"))


def test_switching_off_what_is_needed_leads_back_to_setting_it_up(
    console: Client, acme: TenantIdentity, clock: Any
) -> None:
    set_up(console, clock)
    require(acme)
    console.post(PAGE, {"act": "off", "password": PASSWORD})
    assert console.get("/admin/").headers["Location"] == PAGE


def test_an_owner_says_that_all_need_it_once_they_have_it(
    console: Client, acme: TenantIdentity, clock: Any
) -> None:
    told = console.post(SECURITY, {"require": "yes"}, follow=True)
    assert b"Set up your own second factor first" in told.content
    assert not Tenant.objects.get(pk=acme.id).two_factor_required
    set_up(console, clock)
    console.post(SECURITY, {"require": "yes"})
    assert Tenant.objects.get(pk=acme.id).two_factor_required
    console.post(SECURITY, {"require": "no"})
    assert not Tenant.objects.get(pk=acme.id).two_factor_required


def test_the_page_of_owners_names_those_without(
    console: Client, acme: TenantIdentity, clock: Any
) -> None:
    set_up(console, clock)
    at_console(acme, Role.VIEWER)
    page = console.get(SECURITY)
    assert b"1 of 2 have none" in page.content
    assert [user.username for user in page.context["shown"]] == ["viewer"]


@pytest.mark.parametrize("role", [Role.VIEWER, Role.EDITOR, Role.OPERATOR])
def test_only_owners_say_so(acme: TenantIdentity, role: Role) -> None:
    client = at_console(acme, role)
    assert client.get(SECURITY).status_code == 403
    assert client.post(SECURITY, {"require": "yes"}).status_code == 403


def test_the_platforms_people_need_it_by_the_setting(
    platform: Client, settings: Settings, clock: Any
) -> None:
    assert b"SIGNALBUS_PLATFORM_TWO_FACTOR" in platform.get(SECURITY).content
    settings.PLATFORM_TWO_FACTOR = True
    assert platform.get("/admin/").headers["Location"] == PAGE
    secret, _ = set_up(platform, clock)
    assert is_in(platform)
    client = half_way("localhost", "petra")
    client.post(CODE, {"code": code_of(secret)})
    assert is_in(client)


def test_the_platforms_setting_is_not_the_tenants(console: Client, settings: Settings) -> None:
    settings.PLATFORM_TWO_FACTOR = True
    assert is_in(console)


def test_an_owner_resets_somebodys(console: Client, acme: TenantIdentity, clock: Any) -> None:
    viewer = at_console(acme, Role.VIEWER)
    set_up(viewer, clock)
    with in_tenant(acme):
        user = User.objects.get(username="viewer")
    page = f"/admin/auth/user/{user.pk}/"
    assert b"reset-second-factor" in console.get(f"{page}change/").content
    console.post(f"{page}reset-second-factor/")
    assert not is_in(viewer)
    assert is_in(logged_in("acme.localhost", "viewer"))
    assert b"reset-second-factor" not in console.get(f"{page}change/").content
