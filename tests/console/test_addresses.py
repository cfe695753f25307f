"""Walks the consoles' URL tables: no address gives anything of another tenant.

An address for which there is no object here fails the test, so that none is forgotten.
"""

from copy import deepcopy
from typing import Any

import pytest
from auditlog.models import LogEntry
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.test import Client
from django.urls import URLPattern, reverse

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
from signalbus.core.ids import new_id
from templates_app.models import Template, TemplateVersion
from tenants import identity
from tenants.context import in_tenant
from tenants.identity import TenantIdentity
from tenants.keys import create_key
from tenants.models import ApiKey, Domain, PlatformAccount, PlatformKey, StrayReceipt, Tenant
from tenants.operators import invitations, logins
from tenants.operators.models import Invitation
from tenants.roles import Role
from tests.console.conftest import PLATFORM_HOST, browser
from tests.console.lost import make_stray, make_unmatched
from tests.console.pages import PLATFORM as PLATFORM_PAGES
from tests.console.pages import TENANT as TENANT_PAGES
from tests.console.pages import pages_of
from tests.console.stories import make_delivery, make_notification, make_redrive, make_story
from tests.make import (
    make_account,
    make_notice,
    make_platform_account,
    make_policy,
    make_recipient,
    make_suppression,
)

MARK = "theirs"
FAR = 1_000_000
SHARED = {"index", "search", "login", "logout", "password_change", "password_change_done"}
SHARED |= {"join"}  # test_invitations.py
SHARED |= {"admin_password_reset", "new_password"}  # test_reset.py
SHARED |= {"autocomplete", "jsi18n", "view_on_site", "app_list", None}
# Only pages without an object may answer 200: they show what is one's own.
NOTHING = {302, 403, 404, 405}
ALL = (
    *(Notification, DeadLetter, Redrive, SandboxMessage, Template, Policy, Recipient),
    *(Suppression, Notice, ProviderAccount, ApiKey, User, UnmatchedReceipt, Invitation),
    LogEntry,
)
PLATFORM = (
    *(Tenant, Domain, PlatformAccount, StrayReceipt, ApiKey, OutboxEntry, Line, LinePause, User),
    PlatformKey,
)
MODELS: dict[str, type[models.Model]] = {
    f"{model._meta.app_label}_{model._meta.model_name}": model for model in {*ALL, *PLATFORM}
}
VERSIONS = {"version": TemplateVersion, "version_publish": TemplateVersion, "version_add": Template}


def _named(table: str = TENANT_PAGES) -> list[URLPattern]:
    return [each for each in pages_of(table) if each.name not in SHARED]


def _model(name: str) -> type[models.Model]:
    prefixes = [prefix for prefix in MODELS if name.startswith(f"{prefix}_")]
    assert prefixes or name in VERSIONS, f"the address {name} has no object in this test"
    return VERSIONS.get(name) or MODELS[max(prefixes, key=len)]


@pytest.fixture
def theirs(globex: TenantIdentity) -> dict[type[models.Model], Any]:
    """The key of an object of every kind, of globex."""
    make_story(globex, topic=f"{MARK}.story", recipient_ref=MARK)
    make_policy(globex, f"{MARK}.greeted", template=f"{MARK}-greeting")
    make_recipient(globex, MARK, email=f"{MARK}@example.org")
    make_suppression(globex, f"{MARK}@example.org")
    make_account(globex, name=f"{MARK} account")
    make_redrive(globex, MARK)
    make_notice(globex, text=MARK)
    make_unmatched(globex, reference=MARK)
    key = create_key(globex.id, name=f"{MARK} key", mode="live").key
    with in_tenant(globex):
        logins.create_operator(MARK)
        user = User.objects.get(username=MARK)
        User.objects.filter(pk=user.pk).delete()
        User(id=FAR, username=MARK).save()  # ids of users begin at 1 everywhere
        invitations.invite(f"{MARK}@example.org", Role.VIEWER, MARK)
        Suppression.objects.update(id=FAR)
        of = ContentType.objects.get_for_model(User)
        LogEntry(id=FAR, content_type=of, object_pk="1", object_repr=MARK, action=0).save()
        models_of_tenant = {*ALL, TemplateVersion} - {ApiKey}
        newest = {each: each.objects.order_by("pk").last() for each in models_of_tenant}  # type: ignore[attr-defined]
    return {ApiKey: key.pk, **{each: row.pk for each, row in newest.items()}}


@pytest.mark.parametrize("method", ["get", "post"])
def test_no_address_gives_anything_of_another_tenant(
    console: Client, theirs: dict[type[models.Model], Any], method: str
) -> None:
    before = _everything(theirs)
    for pattern in _named():
        name = str(pattern.name)
        parameters = pattern.pattern.regex.groupindex
        given = {each: theirs[_model(name)] for each in parameters}
        address = reverse(f"admin:{name}", kwargs=given)
        answer = getattr(console, method)(address)
        allowed = NOTHING if parameters else {200, *NOTHING}
        assert answer.status_code in allowed, (name, answer.status_code)
        assert MARK.encode() not in answer.getvalue(), name
    assert _everything(theirs) == before


@pytest.fixture
def of_the_platform(globex: TenantIdentity) -> dict[type[models.Model], Any]:
    """The key of an object of every kind that the platform's console shows."""
    notification = make_notification(globex, topic=f"{MARK}.waiting")
    entry = make_delivery(globex, notification)
    pause("", globex.id, MARK)
    return {
        Tenant: globex.id,
        Domain: Domain.objects.get(domain="globex.localhost").pk,
        ApiKey: create_key(globex.id, name=f"{MARK} key", mode="live").key.pk,
        PlatformAccount: make_platform_account(name=f"{MARK} account").pk,
        StrayReceipt: make_stray().pk,
        OutboxEntry: entry.pk,
        Line: set_weight("email.bulk", globex.id, 3).pk,
        LinePause: LinePause.objects.get(reason=MARK).pk,
        User: 1,
        Invitation: new_id(),
        LogEntry: FAR,
        PlatformKey: new_id(),
    }


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_tenants_session_gets_nothing_of_the_platforms_console(
    console: Client, of_the_platform: dict[type[models.Model], Any], method: str
) -> None:
    carried = browser(PLATFORM_HOST)
    carried.cookies = deepcopy(console.cookies)
    for pattern in _named(PLATFORM_PAGES):
        name = str(pattern.name)
        given = {each: of_the_platform[_model(name)] for each in pattern.pattern.regex.groupindex}
        address = reverse(f"admin:{name}", urlconf=PLATFORM_PAGES, kwargs=given)
        answer = getattr(carried, method)(address)
        assert answer.status_code in NOTHING, (name, answer.status_code)
        assert MARK.encode() not in answer.content, name
    assert LinePause.objects.filter(reason=MARK).exists()
    assert Line.objects.get().weight == 3


def _everything(theirs: dict[type[models.Model], Any]) -> dict[Any, Any]:
    """Each of globex's objects as it is now."""
    found = {}
    for model, key in theirs.items():
        with in_tenant(identity.by_name("globex")):
            found[model] = list(model.objects.filter(pk=key).values())  # type: ignore[attr-defined]
    return found
