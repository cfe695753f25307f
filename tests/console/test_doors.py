"""Hosts and log-ins: who gets into which console."""

from copy import deepcopy

import pytest
from django.test import Client
from pytest_django import Settings

from tenants import suspension
from tenants.context import in_tenant
from tenants.identity import TenantIdentity
from tenants.operators import logins
from tests.console.conftest import PASSWORD, browser, logged_in
from tests.make import make_policy

HOME = "/admin/"


def _is_in(client: Client) -> bool:
    return bool(client.get(HOME).status_code == 200)


def test_a_log_in_of_acme_is_unknown_at_globex_and_at_the_platform(
    console: Client, globex: TenantIdentity
) -> None:
    for host in ("globex.localhost", "localhost"):
        client = browser(host)
        answer = client.post("/admin/login/", {"username": "olga", "password": PASSWORD})
        assert answer.status_code == 200
        assert not _is_in(client)


def test_a_session_of_acme_opens_no_other_console(console: Client, globex: TenantIdentity) -> None:
    for host in ("globex.localhost", "localhost"):
        assert _is_in(console)
        carried = browser(host)
        carried.cookies = deepcopy(console.cookies)
        assert not _is_in(carried)


def test_a_session_of_the_platform_opens_no_tenants_console(
    platform: Client, acme: TenantIdentity
) -> None:
    assert _is_in(platform)
    carried = browser("acme.localhost")
    carried.cookies = deepcopy(platform.cookies)
    assert not _is_in(carried)


def test_the_same_name_in_two_tenants_is_two_people(
    console: Client, globex: TenantIdentity
) -> None:
    with in_tenant(globex):
        logins.create_operator("olga", f"{PASSWORD}-of-globex")
    client = browser("globex.localhost")
    client.post("/admin/login/", {"username": "olga", "password": PASSWORD})
    assert not _is_in(client)


def test_an_unknown_host_shows_no_console(acme: TenantIdentity) -> None:
    answer = browser("nobody.example.com").get(HOME)
    assert answer.status_code == 404
    assert b"No console at nobody.example.com" in answer.content


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]", "LOCALHOST:8000"])
def test_the_bare_host_is_the_platforms(acme: TenantIdentity, host: str) -> None:
    assert b"Platform" in browser(host).get("/admin/login/").content


def test_a_default_tenant_stands_on_the_bare_host(console: Client, settings: Settings) -> None:
    settings.DEFAULT_TENANT = "acme"
    assert _is_in(logged_in("localhost"))


def test_a_default_tenant_that_does_not_exist_shows_no_console(
    acme: TenantIdentity, settings: Settings
) -> None:
    settings.DEFAULT_TENANT = "nobody"
    assert browser("localhost").get(HOME).status_code == 404


def test_the_root_leads_to_the_console(acme: TenantIdentity) -> None:
    assert browser("acme.localhost").get("/").headers["Location"] == HOME


def test_a_suspended_tenant_is_told_so_and_changes_nothing(
    console: Client, acme: TenantIdentity
) -> None:
    suspension.suspend(acme.id, "The invoice of May is open.")
    page = console.get("/admin/notifications/policy/")
    assert page.status_code == 200
    assert b"The invoice of May is open." in page.content
    policy = make_policy(acme)
    for url in (
        "/admin/notifications/policy/add/",
        "/admin/notifications/policy/send-test/",
        f"/admin/notifications/policy/{policy.id}/delete/",
        "/admin/tenants/apikey/add/",
    ):
        answer = console.post(url, {"post": "yes", "topic": "x"}, follow=True)
        assert b"nothing can be changed" in answer.content
    with in_tenant(acme):
        policy.refresh_from_db()
    assert console.post("/admin/logout/").status_code == 200
    assert _is_in(logged_in("acme.localhost"))


def test_nobody_gets_a_page_without_logging_in(acme: TenantIdentity) -> None:
    for path in ("", "notifications/notification/", "notifications/policy/send-test/"):
        answer = browser("acme.localhost").get(f"{HOME}{path}")
        assert answer.headers["Location"].startswith("/admin/login/")
