"""Provider accounts as values."""

from dataclasses import replace
from typing import Any

from delivery import accounts
from delivery.models import ProviderAccount
from delivery.providers.account import Account
from tenants.context import in_tenant
from tenants.schemas import count_statements
from tests.make import make_account


def of(tenant: Any) -> tuple[Account, ...]:
    return accounts.accounts_of_all([tenant])[tenant.id]


def names(tenant: Any) -> list[str]:
    return [account.name for account in of(tenant)]


def test_they_come_by_position_with_their_secrets_open(acme: Any):
    options = {"host": "mail", "from": "Acme <hello@acme.example>"}
    make_account(acme, "smtp", name="second", position=2, credentials={"password": "x"})
    make_account(acme, "smtp", name="first", position=1, options=options)
    make_account(acme, "smtp", name="disabled", enabled=False)
    disabled, first, second = of(acme)
    assert [each.enabled for each in (disabled, first, second)] == [False, True, True]
    assert (first.name, second.name) == ("first", "second")
    assert first.sender == "Acme <hello@acme.example>"
    assert second.sender == ""
    assert second.credentials == {"password": "x"}


def test_they_are_kept_for_a_moment(acme: Any):
    assert names(acme) == []
    make_account(acme, name="new")
    assert names(acme) == []
    accounts.forget()
    assert names(acme) == ["new"]


def test_tenants_see_their_own(acme: Any, globex: Any):
    make_account(acme, name="of acme")
    make_account(globex, name="of globex")
    found = accounts.accounts_of_all([acme, globex])
    assert [account.name for account in found[acme.id]] == ["of acme"]
    assert [account.name for account in found[globex.id]] == ["of globex"]


def test_one_statement_for_each_tenant_that_is_not_kept(acme: Any, globex: Any):
    for number in range(5):
        make_account(acme, name=f"account {number}")
    of(globex)
    with count_statements() as counted:
        accounts.accounts_of_all([acme, globex, acme])
    assert counted.total == 1


def test_secrets_that_do_not_open_make_a_problem(acme: Any, globex: Any):
    sealed = make_account(globex, "smtp", credentials={"password": "x"}).sealed
    account = make_account(acme, "smtp", name="copied")
    with in_tenant(acme):
        ProviderAccount.objects.filter(id=account.id).update(sealed=sealed)
    (found,) = of(acme)
    assert found.credentials == {}
    assert "cannot be opened" in found.problem


def test_a_tenant_whose_accounts_cannot_be_read_is_left_out(acme: Any, globex: Any):
    gone = replace(globex, schema="t_gone")
    assert accounts.accounts_of_all([acme, gone]) == {acme.id: ()}
