"""Each role through the door: which pages open, which buttons show, and what is refused."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.db import models
from django.test import Client
from django.urls import reverse

from delivery.models import ProviderAccount
from notifications.models import Policy
from signalbus.console.sites import platform as platform_site
from tenants import roles
from tenants.identity import TenantIdentity
from tenants.operators import logins
from tenants.permissions import PERMISSIONS, ability_of, permission_of
from tenants.roles import Role
from tests.console.conftest import PASSWORD, logged_in
from tests.console.everything import address, fill, one_of, one_of_platform
from tests.console.pages import PLATFORM, TENANT, pages_of
from tests.console.people import at_console
from tests.make import make_account, make_policy

FORM_PAGES = ("", "add/", "{}/change/", "{}/history/", "{}/delete/")
OF_FORM_PAGES = ("changelist", "add", "change", "history", "delete")


OF_OWNERS = {(platform_site, "tenants_apikey_add")}  # nobody of the platform has keys of their own


def _label(model: type[models.Model]) -> str:
    return f"{model._meta.app_label}_{model._meta.model_name}"


def _may(role: Role, page: str) -> bool:
    permission = permission_of(page)
    ability = ability_of(permission) if permission else None
    return ability is not None and roles.may(role, ability)


def _check_pages(client: Client, role: Role, rows: dict[Any, Any], site: Any) -> None:
    """Every page of every model answers as the table says, and a refusal names a role."""
    for model in site._registry:
        for path, name in zip(FORM_PAGES, OF_FORM_PAGES, strict=True):
            page = f"{_label(model)}_{name}"
            answer = client.get(address(model, path.format(rows[model].pk)))
            if not _may(role, page) or ((site, page) in OF_OWNERS and role != Role.OWNER):
                assert answer.status_code == 403, page
                assert b"This needs the role" in answer.content or b"Nobody may" in answer.content
            else:
                assert answer.status_code in {200, 302}, (page, answer.status_code)


@pytest.mark.parametrize("role", list(Role))
def test_the_pages_of_a_tenants_console(acme: TenantIdentity, role: Role) -> None:
    fill(acme, "ours")
    client = at_console(acme, role)
    assert client.get("/admin/").status_code == 200
    _check_pages(client, role, one_of(acme, "ours"), admin.site)


@pytest.mark.parametrize("role", list(Role))
def test_the_pages_of_the_platforms_console(
    platform: Client, acme: TenantIdentity, role: Role
) -> None:
    fill(acme, "ours")
    rows = one_of_platform(acme)
    logins.create_operator(role.value, PASSWORD, role=role)
    client = logged_in("localhost", role.value)
    assert client.get("/admin/").status_code == 200
    _check_pages(client, role, rows, platform_site)


def _buttons(site: Any) -> Iterator[tuple[type[models.Model], str]]:
    for model, panel in site._registry.items():
        for button in panel.buttons:
            yield model, button.name


@pytest.mark.parametrize("role", list(Role))
def test_a_button_that_is_not_shown_is_refused_when_posted(
    acme: TenantIdentity, role: Role
) -> None:
    fill(acme, "ours")
    client = at_console(acme, role)
    rows = one_of(acme, "ours")
    for model, name in _buttons(admin.site):
        ability = PERMISSIONS[model._meta.label_lower][name]
        if roles.may(role, ability):
            continue
        page = client.get(address(model, f"{rows[model].pk}/change/"))
        path = address(model, f"{rows[model].pk}/{name}/")
        assert path.encode() not in page.content
        refused = client.post(path)
        assert refused.status_code == 403, path
        assert f"This needs the role {roles.least(ability)}".encode() in refused.content


@pytest.mark.parametrize("role", [Role.VIEWER, Role.EDITOR])
@pytest.mark.parametrize(
    ("model", "action"),
    [
        ("notifications/notification", "redrive_selected"),
        ("notifications/notification", "cancel_selected"),
        ("delivery/deadletter", "acknowledge_selected"),
        ("delivery/deadletter", "redrive_selected"),
    ],
)
def test_an_action_on_what_is_ticked_is_refused_too(
    acme: TenantIdentity, role: Role, model: str, action: str
) -> None:
    fill(acme, "ours")
    client = at_console(acme, role)
    listing = f"/admin/{model}/"
    assert action.encode() not in client.get(listing).content
    row = client.get(listing).context["cl"].result_list[0]
    refused = client.post(listing, {"action": action, "_selected_action": [str(row.pk)]})
    assert refused.status_code == 403
    assert b"This needs the role operator" in refused.content


@pytest.mark.parametrize("table", [TENANT, PLATFORM])
def test_a_viewer_gets_no_page_that_stands_beside_the_models(
    platform: Client, acme: TenantIdentity, table: str
) -> None:
    if table == TENANT:
        client = at_console(acme, Role.VIEWER)
    else:
        logins.create_operator("viewer", PASSWORD, role=Role.VIEWER)
        client = logged_in("localhost", "viewer")
    for pattern in pages_of(table):
        if pattern.name is None or permission_of(pattern.name) is None:
            continue
        if pattern.pattern.regex.groupindex or _may(Role.VIEWER, pattern.name):
            continue
        url = reverse(f"admin:{pattern.name}", urlconf=table)
        assert client.get(url).status_code == 403, pattern.name
        assert client.post(url).status_code == 403, pattern.name


def test_the_sidebar_shows_what_opens(acme: TenantIdentity) -> None:
    viewer = at_console(acme, Role.VIEWER).get("/admin/").content.decode()
    owner = at_console(acme, Role.OWNER).get("/admin/").content.decode()
    for name in ("auth/user/", "operators/invitation/", "notifications/policy/send-test/"):
        assert f"/admin/{name}" in owner
        assert f"/admin/{name}" not in viewer
    assert "/admin/notifications/notification/" in viewer


def test_an_editor_sends_tests_that_go_nowhere(acme: TenantIdentity) -> None:
    client = at_console(acme, Role.EDITOR)
    page = "/admin/notifications/policy/send-test/"
    fill(acme, "ours")
    form = client.get(page).context["form"]
    assert [value for value, _ in form.fields["mode"].choices] == ["test"]
    wanted = {"what": "policy:ours.greeted", "email": "ana@example.org", "data": '{"name": "Ana"}'}
    refused = client.post(page, {**wanted, "mode": "live"})
    assert refused.status_code == 403
    assert b"This needs the role operator" in refused.content
    assert client.post(page, {**wanted, "mode": "test"}).status_code == 302


def test_the_platforms_operator_suspends_but_does_not_make_tenants(
    platform: Client, acme: TenantIdentity
) -> None:
    logins.create_operator("paul", PASSWORD, role=Role.OPERATOR)
    logins.create_operator("vera", PASSWORD, role=Role.VIEWER)
    page = f"/admin/tenants/tenant/{acme.id}/"
    vera = logged_in("localhost", "vera")
    assert vera.post(f"{page}suspend/", {"reason": "x"}).status_code == 403
    assert vera.get(f"{page}change/").status_code == 200
    paul = logged_in("localhost", "paul")
    assert paul.post(f"{page}suspend/", {"reason": "unpaid"}).status_code == 302
    assert paul.post(f"{page}resume/").status_code == 302
    assert paul.get("/admin/tenants/tenant/add/").status_code == 403
    assert paul.post(f"{page}change/", {"time_zone": "UTC"}).status_code == 403


def test_who_may_only_look_sees_what_a_form_would_hold(acme: TenantIdentity) -> None:
    account = make_account(
        acme, "smtp", options={"host": "mail.acme.example"}, credentials={"password": "hunter2"}
    )
    policy = make_policy(acme, "ours.greeted", retry={"tries": 3})
    client = at_console(acme, Role.VIEWER)
    shown = client.get(address(ProviderAccount, f"{account.pk}/change/")).content.decode()
    assert "mail.acme.example" in shown
    assert "Password" in shown
    assert "hunter2" not in shown
    shown = client.get(address(Policy, f"{policy.pk}/change/")).content.decode()
    assert "Tries: 3" in shown
