"""Accounts of the platform, which tenants use without seeing what is in them."""

from dataclasses import replace
from typing import Any

import pytest
from django.db import connection

from delivery import accounts
from delivery.models import ProviderAccount
from signalbus.core.crypto import SecretError
from tenants import identity
from tenants.context import in_tenant
from tenants.identity import TenantIdentity
from tenants.models import PlatformAccount, Tenant
from tests.door import Api
from tests.make import make_account, make_platform_account

SECRET = "correct horse battery"


@pytest.fixture
def globex_alone(globex: TenantIdentity) -> Any:
    """globex, which inherits nothing."""
    Tenant.objects.filter(id=globex.id).update(inherits_accounts=False)
    identity.forget()
    yield identity.by_name("globex")
    Tenant.objects.filter(id=globex.id).update(inherits_accounts=True)
    identity.forget()


def of(tenant: TenantIdentity) -> list[accounts.Account]:
    return list(accounts.accounts_of_all([tenant])[tenant.id])


def test_they_come_after_a_tenants_own(acme: Any):
    make_platform_account(name="platform's", position=0)
    make_account(acme, name="own", position=9)
    assert [(each.name, each.inherited) for each in of(acme)] == [
        ("own", False),
        ("platform's", True),
    ]


def test_tenants_share_the_same_account_and_one_inherits_nothing(acme: Any, globex_alone: Any):
    row = make_platform_account(per_second=50, burst=5, tenant_per_second=2)
    found = accounts.accounts_of_all([acme, globex_alone])
    assert found[globex_alone.id] == ()
    (account,) = found[acme.id]
    assert (account.id, account.per_second, account.burst) == (row.id, 50, 5)
    assert account.tenant_per_second == 2


def test_they_are_read_once_for_all_tenants(acme: Any, globex: Any, monkeypatch: Any):
    asked: list[list[str]] = []
    real = accounts.run_for_tenants
    monkeypatch.setattr(
        accounts,
        "run_for_tenants",
        lambda work: asked.append([each.schema for each in work]) or real(work),
    )
    make_platform_account()
    accounts.accounts_of_all([acme])
    accounts.accounts_of_all([acme, globex])
    assert asked == [[acme.schema, "public"], [globex.schema]]


def test_their_credentials_open_for_the_platform_only(acme: Any):
    row = make_platform_account("smtp", credentials={"password": SECRET})
    assert SECRET not in row.sealed
    (account,) = of(acme)
    assert account.credentials == {"password": SECRET}
    with in_tenant(acme):
        stolen = ProviderAccount(name="stolen", kind="smtp", sealed=row.sealed)
        with pytest.raises(SecretError):
            _ = stolen.credentials


def test_a_tenants_credentials_do_not_open_as_the_platforms(acme: Any):
    sealed = make_account(acme, "smtp", credentials={"password": SECRET}).sealed
    row = make_platform_account("smtp")
    PlatformAccount.objects.filter(id=row.id).update(sealed=sealed)
    account = of(acme)[1]
    assert account.credentials == {}
    assert "cannot be opened" in account.problem


def test_a_tenant_whose_accounts_cannot_be_read_is_left_out(acme: Any):
    make_platform_account()
    gone = replace(acme, id=acme.id + 1000, schema="t_gone")
    assert set(accounts.accounts_of_all([acme, gone])) == {acme.id}


def test_without_the_platforms_only_those_who_inherit_wait(acme: Any, monkeypatch: Any):
    monkeypatch.setattr(accounts, "PLATFORMS", "SELECT nothing FROM nowhere")
    alone = replace(acme, id=acme.id + 1000, inherits_accounts=False)
    assert set(accounts.accounts_of_all([acme, alone])) == {alone.id}


def test_the_api_shows_that_they_are_there_and_nothing_of_what_is_in_them(
    api: Api, globex_api: Api, globex_alone: Any
):
    row = make_platform_account(
        "smtp",
        name="house mail",
        options={"host": "mail.inside.example"},
        credentials={"password": SECRET},
        per_second=500,
        tenant_per_second=5,
    )
    (listed,) = api.get("/provider-accounts").body["results"]
    shown = api.get(f"/provider-accounts/{row.id}")
    assert shown.body == listed
    assert (listed["name"], listed["kind"], listed["inherited"]) == ("house mail", "smtp", True)
    assert (listed["options"], listed["has_credentials"]) == ({}, None)
    assert listed["per_second"] == 5, "what the tenant may send, not what all may"
    assert SECRET not in str(shown.body)
    assert "mail.inside" not in str(shown.body)
    assert globex_api.get("/provider-accounts").body["results"] == []
    assert globex_api.get(f"/provider-accounts/{row.id}").status == 404


def test_a_tenant_cannot_change_them(api: Api, globex_api: Api, globex_alone: Any):
    row = make_platform_account()
    address = f"/provider-accounts/{row.id}"
    for answer in (api.patch(address, {"enabled": False}), api.delete(address)):
        assert (answer.status, answer.kind) == (409, "conflict")
        assert "platform" in answer.body["detail"]
    assert globex_api.delete(address).status == 404
    connection.set_schema_to_public()
    row.refresh_from_db()
    assert row.enabled


def test_pages_go_through_own_and_inherited_ones_together(api: Api, acme: Any):
    made = []
    for number in range(7):
        name = f"account {number}"
        row = make_platform_account(name=name) if number % 3 else make_account(acme, name=name)
        made.append(str(row.id))
    newest_first = made[::-1]
    seen, back, page = [], [], api.get("/provider-accounts", {"limit": 2}).body
    while True:
        seen += [each["id"] for each in page["results"]]
        if not page["next"]:
            break
        page = api.get(page["next"]).body
    while page["previous"]:
        page = api.get(page["previous"]).body
        back[:0] = [each["id"] for each in page["results"]]
    assert seen == newest_first
    assert back == newest_first[:6]


def test_filters_hold_for_both(api: Api, acme: Any):
    make_account(acme, channel="sms")
    make_platform_account(channel="sms")
    make_platform_account()
    found = api.get("/provider-accounts", {"channel": "sms"}).body["results"]
    assert [each["channel"] for each in found] == ["sms", "sms"]
