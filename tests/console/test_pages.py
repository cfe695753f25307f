"""Every page of both consoles opens, and shows nothing of another tenant."""

from collections.abc import Callable
from typing import Any

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
from notifications.models import Notice, Notification, Policy, Recipient, Suppression
from signalbus.bus.lines import pause, set_weight
from signalbus.bus.models import Line, LinePause, OutboxEntry
from signalbus.console.sites import platform as platform_site
from templates_app.models import Template, TemplateVersion
from tenants import keys, suspension
from tenants.context import in_tenant
from tenants.identity import TenantIdentity
from tenants.models import ApiKey, Domain, PlatformAccount, StrayReceipt, Tenant
from tenants.operators import logins
from tests.console.lost import make_stray, make_unmatched
from tests.console.stories import make_delivery, make_notification, make_redrive, make_story
from tests.make import (
    make_account,
    make_notice,
    make_platform_account,
    make_policy,
    make_recipient,
    make_suppression,
)

Row = models.Model


def _fill(tenant: TenantIdentity, mark: str) -> None:
    """An object of every kind, each carrying the mark in what pages show of it."""
    make_story(tenant, topic=f"{mark}.story", recipient_ref=mark)
    waiting = make_notification(tenant, topic=f"{mark}.waiting")
    make_delivery(tenant, waiting, address=f"{mark}@example.org")
    make_policy(tenant, f"{mark}.greeted", template=f"{mark}-greeting")
    make_recipient(tenant, mark, email=f"{mark}@example.org")
    make_suppression(tenant, f"{mark}@example.org")
    make_account(tenant, name=f"{mark} account", credentials={})
    make_redrive(tenant, mark)
    make_notice(tenant, text=f"{mark} notice")
    make_unmatched(tenant, reference=mark)
    keys.create_key(tenant.id, name=f"{mark} key", mode="live")
    with in_tenant(tenant):
        if not User.objects.filter(username=mark).exists():
            logins.create_operator(mark)


def _one_of(tenant: TenantIdentity, mark: str) -> dict[type[Row], Row]:
    """The object of every model that the tenant's console shows."""
    found: dict[type[Row], Callable[[], Any]] = {
        Notification: lambda: Notification.objects.get(topic=f"{mark}.story"),
        DeadLetter: lambda: DeadLetter.objects.get(topic=f"{mark}.story"),
        Redrive: Redrive.objects.get,
        SandboxMessage: SandboxMessage.objects.get,
        Template: lambda: Template.objects.get(name=f"{mark}-greeting"),
        Policy: lambda: Policy.objects.get(topic=f"{mark}.greeted"),
        Recipient: lambda: Recipient.objects.get(external_id=mark),
        Suppression: Suppression.objects.get,
        Notice: Notice.objects.get,
        ProviderAccount: lambda: ProviderAccount.objects.get(name=f"{mark} account"),
        ApiKey: lambda: ApiKey.objects.get(tenant_id=tenant.id, name=f"{mark} key"),
        UnmatchedReceipt: lambda: UnmatchedReceipt.objects.get(delivery=None),
        User: lambda: User.objects.get(username=mark),
    }
    with in_tenant(tenant):
        return {model: get() for model, get in found.items()}


def _address(model: type[Row], page: str = "") -> str:
    return f"/admin/{model._meta.app_label}/{model._meta.model_name}/{page}"


@pytest.fixture
def both(acme: TenantIdentity, globex: TenantIdentity) -> None:
    _fill(acme, "ours")
    _fill(globex, "theirs")


def test_every_page_opens_and_shows_our_own_only(
    console: Client, acme: TenantIdentity, globex: TenantIdentity, both: None
) -> None:
    ours, theirs = _one_of(acme, "ours"), _one_of(globex, "theirs")
    for model in admin.site._registry:
        assert model in ours, f"{model} has a page but no object in this test"
        for page in ("", f"{ours[model].pk}/change/"):
            answer = console.get(_address(model, page))
            assert answer.status_code == 200, (model, page)
            assert b"theirs" not in answer.content, (model, page)
        foreign = console.get(_address(model, f"{theirs[model].pk}/change/"))
        assert foreign.status_code == 302 or b"theirs" not in foreign.content, model
    for model in admin.site._registry:
        for query in ({"q": "theirs"}, {"q": "theirs@example.org"}, {"q": str(theirs[model].pk)}):
            found = console.get(_address(model), query).context["cl"].result_list
            assert not any("theirs" in str(row) for row in found), (model, query)


@pytest.mark.parametrize(
    "model", [Template, Policy, Recipient, Suppression, ProviderAccount, ApiKey, User]
)
def test_what_may_be_added_has_a_form(console: Client, model: type[Row]) -> None:
    assert console.get(_address(model, "add/")).status_code == 200


@pytest.mark.parametrize(
    "model", [Notification, DeadLetter, Redrive, SandboxMessage, UnmatchedReceipt]
)
def test_history_can_be_neither_added_nor_changed_nor_deleted(
    console: Client, acme: TenantIdentity, both: None, model: type[Row]
) -> None:
    row = _one_of(acme, "ours")[model]
    assert console.get(_address(model, "add/")).status_code == 403
    assert console.get(_address(model, f"{row.pk}/delete/")).status_code == 403
    assert console.post(_address(model, f"{row.pk}/change/"), {"topic": "x"}).status_code == 403
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
    theirs = _one_of(globex, "theirs")
    for model, name in (
        (Notification, "cancel"),
        (Notification, "redrive"),
        (DeadLetter, "acknowledge"),
        (ApiKey, "revoke"),
    ):
        assert console.post(_address(model, f"{theirs[model].pk}/{name}/")).status_code == 404
    assert ApiKey.objects.get(pk=theirs[ApiKey].pk).revoked_at is None


def test_every_page_of_the_platform_opens(
    platform: Client, acme: TenantIdentity, both: None
) -> None:
    pause("", acme.id, "guard")
    rows: dict[type[Row], Row | None] = {
        Tenant: Tenant.objects.get(name="acme"),
        Domain: Domain.objects.get(domain="acme.localhost"),
        PlatformAccount: make_platform_account(),
        StrayReceipt: make_stray(),
        ApiKey: ApiKey.objects.first(),
        OutboxEntry: OutboxEntry.objects.first(),
        Line: set_weight("sms.bulk", acme.id, 3),
        LinePause: LinePause.objects.first(),
        User: User.objects.first(),
    }
    for model in platform_site._registry:
        row = rows[model]
        assert row is not None, model
        for page in ("", f"{row.pk}/change/"):
            assert platform.get(_address(model, page)).status_code == 200, (model, page)
    assert b"acme" in platform.get("/admin/bus/outboxentry/what-waits/").content
    assert platform.get("/admin/").status_code == 200


def test_the_platform_shows_no_tenants_messages(platform: Client) -> None:
    assert platform.get(_address(Notification)).status_code == 404


@pytest.mark.parametrize("filled", [False, True])
def test_the_start_page(
    console: Client, acme: TenantIdentity, globex: TenantIdentity, filled: bool
) -> None:
    if filled:
        _fill(acme, "ours")
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
