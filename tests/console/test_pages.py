"""Every page of both consoles opens, and shows nothing of another tenant."""

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.db import models
from django.test import Client

from delivery.models import (
    DeadLetter,
    ProviderAccount,
    Redrive,
    SandboxMessage,
    UnmatchedReceipt,
)
from notifications.models import Notification, Policy, Recipient, Suppression
from signalbus.console.sites import platform as platform_site
from templates_app.models import Template, TemplateVersion
from tenants import suspension
from tenants.context import in_tenant
from tenants.identity import TenantIdentity
from tenants.models import ApiKey
from tests.console.everything import address, fill, one_of, one_of_platform

Row = models.Model


@pytest.fixture
def both(acme: TenantIdentity, globex: TenantIdentity) -> None:
    fill(acme, "ours")
    fill(globex, "theirs")


def test_every_page_opens_and_shows_our_own_only(
    console: Client, acme: TenantIdentity, globex: TenantIdentity, both: None
) -> None:
    ours, theirs = one_of(acme, "ours"), one_of(globex, "theirs")
    for model in admin.site._registry:
        assert model in ours, f"{model} has a page but no object in this test"
        for page in ("", f"{ours[model].pk}/change/"):
            answer = console.get(address(model, page))
            assert answer.status_code == 200, (model, page)
            assert b"theirs" not in answer.content, (model, page)
        foreign = console.get(address(model, f"{theirs[model].pk}/change/"))
        assert foreign.status_code == 302 or b"theirs" not in foreign.content, model
    for model in admin.site._registry:
        for query in ({"q": "theirs"}, {"q": "theirs@example.org"}, {"q": str(theirs[model].pk)}):
            found = console.get(address(model), query).context["cl"].result_list
            assert not any("theirs" in str(row) for row in found), (model, query)


@pytest.mark.parametrize(
    "model", [Template, Policy, Recipient, Suppression, ProviderAccount, ApiKey, User]
)
def test_what_may_be_added_has_a_form(console: Client, model: type[Row]) -> None:
    assert console.get(address(model, "add/")).status_code == 200


@pytest.mark.parametrize(
    "model", [Notification, DeadLetter, Redrive, SandboxMessage, UnmatchedReceipt]
)
def test_history_can_be_neither_added_nor_changed_nor_deleted(
    console: Client, acme: TenantIdentity, both: None, model: type[Row]
) -> None:
    row = one_of(acme, "ours")[model]
    assert console.get(address(model, "add/")).status_code == 403
    assert console.get(address(model, f"{row.pk}/delete/")).status_code == 403
    assert console.post(address(model, f"{row.pk}/change/"), {"topic": "x"}).status_code == 403
    with in_tenant(acme):
        assert model.objects.filter(pk=row.pk).exists()  # type: ignore[attr-defined]


def test_versions_of_another_tenant_are_not_there(
    console: Client, acme: TenantIdentity, globex: TenantIdentity, both: None
) -> None:
    for tenant, status in ((acme, 200), (globex, 404)):
        with in_tenant(tenant):
            version = TemplateVersion.objects.latest("created_at")
        page = f"/admin/templates_app/template/versions/{version.id}/"
        assert console.get(page).status_code == status
        assert console.post(f"{page}publish/").status_code == (302 if status == 200 else 404)


def test_objects_of_another_tenant_cannot_be_acted_upon(
    console: Client, globex: TenantIdentity, both: None
) -> None:
    theirs = one_of(globex, "theirs")
    for model, name in (
        (Notification, "cancel"),
        (Notification, "redrive"),
        (DeadLetter, "acknowledge"),
        (ApiKey, "revoke"),
    ):
        assert console.post(address(model, f"{theirs[model].pk}/{name}/")).status_code == 404
    assert ApiKey.objects.get(pk=theirs[ApiKey].pk).revoked_at is None


def test_every_page_of_the_platform_opens(
    platform: Client, acme: TenantIdentity, both: None
) -> None:
    rows = one_of_platform(acme)
    for model in platform_site._registry:
        assert model in rows, f"{model} has a page but no object in this test"
        row = rows[model]
        for page in ("", f"{row.pk}/change/"):
            assert platform.get(address(model, page)).status_code == 200, (model, page)
    assert b"acme" in platform.get("/admin/bus/outboxentry/what-waits/").content
    assert platform.get("/admin/").status_code == 200


def test_the_platform_shows_no_tenants_messages(platform: Client) -> None:
    assert platform.get(address(Notification)).status_code == 404


@pytest.mark.parametrize("filled", [False, True])
def test_the_start_page(
    console: Client, acme: TenantIdentity, globex: TenantIdentity, filled: bool
) -> None:
    if filled:
        fill(acme, "ours")
    page = console.get("/admin/").content
    assert (b"First steps" in page) != filled
    assert (b"ours.story" in page) == filled


def test_the_platforms_start_page_tells_who_is_held_up(
    platform: Client, acme: TenantIdentity
) -> None:
    assert b"every tenant is active" in platform.get("/admin/").content
    suspension.suspend(acme.id, "The invoice of May is open.")
    page = platform.get("/admin/").content
    assert b"The invoice of May is open." in page
    assert b"postgresql" in page
