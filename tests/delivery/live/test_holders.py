"""Looking at all who listen: at once, and each for themselves."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.contrib.auth import get_user_model
from django.db import DatabaseError, OperationalError
from django.utils import timezone

from delivery.live.holders import KeyHolder, Person, refused
from tenants import identity, keys
from tenants.context import in_tenant
from tenants.identity import TenantIdentity
from tenants.operators import logins
from tenants.operators.models import SignIn
from tenants.roles import Role
from tenants.schemas import count_statements
from tests.console.conftest import PASSWORD, logged_in

LATER, PASSED = timedelta(hours=1), timedelta(minutes=-5)


def person(tenant: TenantIdentity, name: str, page: int = 0, ends: timedelta = LATER) -> Person:
    """A page of somebody who is logged in."""
    with in_tenant(tenant):
        is_new = not get_user_model().objects.filter(username=name).exists()
        if is_new:
            logins.create_operator(name, PASSWORD, role=Role.VIEWER)
    if is_new:
        logged_in(f"{tenant.name}.localhost", name)
    with in_tenant(tenant):
        sign_in = SignIn.objects.get(user__username=name)
    return Person(
        schema=tenant.schema,
        user=sign_in.user_id,
        sign_in=sign_in.pk,
        mode="live",
        until=timezone.now() + ends + timedelta(seconds=page),
    )


def key_holder(tenant: TenantIdentity) -> KeyHolder:
    made = keys.create_key(tenant.id, name="page", mode="live", scopes=("read",))
    return KeyHolder(key=made.key.id)


def test_pages_cost_a_statement_for_each_tenant(
    acme: TenantIdentity, globex: TenantIdentity
) -> None:
    pages: set[Any] = {person(acme, "vera", page) for page in range(50)}
    pages |= {person(acme, "viktor"), person(globex, "vera")}
    refused(pages)
    with count_statements() as counted:
        assert refused(pages) == {}
    assert counted.total == 2


def test_each_is_refused_by_their_own(acme: TenantIdentity, globex: TenantIdentity) -> None:
    gone, stays, elsewhere = person(acme, "gone"), person(acme, "stays"), person(globex, "gone")
    late = person(acme, "stays", ends=PASSED)
    with in_tenant(acme):
        logins.deactivate(gone.user, by=0)
    identity.forget()
    assert refused({gone, stays, elsewhere, late}) == {gone: "refused", late: "over"}


def test_a_log_in_stands_for_its_own_user_alone(acme: TenantIdentity) -> None:
    vera, viktor = person(acme, "vera"), person(acme, "viktor")
    mixed = Person(
        schema=acme.schema,
        user=viktor.user,
        sign_in=vera.sign_in,
        mode="live",
        until=timezone.now() + LATER,
    )
    assert refused({mixed}) == {mixed: "refused"}


def test_the_error_of_one_tenant_leaves_others_looked_at(
    acme: TenantIdentity, globex: TenantIdentity, monkeypatch: pytest.MonkeyPatch
) -> None:
    fine, broken, gone = person(globex, "vera"), person(acme, "vera"), person(globex, "gone")
    key, unread = key_holder(acme), key_holder(acme)
    with in_tenant(globex):
        logins.deactivate(gone.user, by=0)
    away = Person(
        schema="no_such_schema",
        user=1,
        sign_in=broken.sign_in,
        mode="live",
        until=timezone.now() + LATER,
    )
    by_key_id = identity.by_key_id

    def read(asked: UUID) -> Any:
        if asked == unread.key:
            raise DatabaseError("no such column")
        return by_key_id(asked)

    monkeypatch.setattr(identity, "by_key_id", read)
    assert refused({fine, broken, gone, away, key, unread}) == {gone: "refused"}


def test_without_a_database_nobody_is_refused(
    acme: TenantIdentity, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: UUID) -> Any:
        raise OperationalError("away")

    monkeypatch.setattr(identity, "by_key_id", fail)
    with pytest.raises(OperationalError):
        refused({key_holder(acme)})
