"""Walks the consoles' URL tables: no address gives anything of another tenant.

An address for which there is no object here fails the test, so that none is forgotten.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import models
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from delivery.models import DeadLetter, ProviderAccount, SandboxMessage
from notifications.models import Notification, Policy, Recipient, Suppression
from templates_app.models import Template, TemplateVersion
from tenants import identity, operators
from tenants.context import in_tenant
from tenants.identity import TenantIdentity
from tenants.keys import create_key
from tenants.models import ApiKey
from tests.console.stories import make_story
from tests.make import make_account, make_policy, make_recipient, make_suppression

MARK = "theirs"
SHARED = {"index", "search", "login", "logout", "password_change", "password_change_done"}
SHARED |= {"autocomplete", "jsi18n", "view_on_site", "app_list", None}
MODELS: dict[str, type[models.Model]] = {
    f"{model._meta.app_label}_{model._meta.model_name}": model
    for model in (
        *(Notification, DeadLetter, SandboxMessage, Template, Policy, Recipient),
        *(Suppression, ProviderAccount, ApiKey, User),
    )
}
VERSIONS = {"version": TemplateVersion, "version_publish": TemplateVersion, "version_add": Template}


def _patterns(found: Any) -> Iterator[URLPattern]:
    for each in found.url_patterns:
        if isinstance(each, URLResolver):
            yield from _patterns(each)
        else:
            yield each


def _named() -> list[URLPattern]:
    (console,) = (
        each
        for each in get_resolver("signalbus.urls").url_patterns
        if isinstance(each, URLResolver) and each.namespace == "admin"
    )
    return [each for each in _patterns(console) if each.name not in SHARED]


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
    key = create_key(globex.id, name=f"{MARK} key", mode="live").key
    with in_tenant(globex):
        operators.create_operator(MARK)
        models_of_tenant = {*MODELS.values(), TemplateVersion} - {ApiKey}
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
        assert answer.status_code in {200, 302, 403, 404, 405}, (name, answer.status_code)
        assert MARK.encode() not in answer.content, name
    assert _everything(theirs) == before


def _everything(theirs: dict[type[models.Model], Any]) -> dict[Any, Any]:
    """Each of globex's objects as it is now."""
    found = {}
    for model, key in theirs.items():
        with in_tenant(identity.by_name("globex")):
            found[model] = list(model.objects.filter(pk=key).values())  # type: ignore[attr-defined]
    return found
