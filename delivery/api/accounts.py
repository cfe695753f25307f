"""`/provider-accounts`: whom a tenant sends through, its own and those it inherits."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from msgspec import UNSET

from delivery import accounts
from delivery.account_limits import problems_of_limits
from delivery.api.account_shapes import AccountChanges, AccountIn, AccountOut, account_out
from delivery.breaker import breakers
from delivery.inherited import inherited_by
from delivery.models import ProviderAccount
from delivery.providers import registry
from delivery.providers.hosts import problems_of_hosts
from signalbus.api.conflicts import Unique
from signalbus.api.filters import Filter
from signalbus.api.operations import choice, text
from signalbus.api.problems import PointedError, Problem, invalid
from signalbus.api.resources import Collection, Item, set_fields
from signalbus.bus.streams import Channel
from signalbus.core.crypto import SecretError
from tenants.models import PlatformAccount

LIMITS = ["weight", "per_second", "burst", "domain_per_second"]
CHANGEABLE = ["name", "options", "credentials", "enabled", "position", *LIMITS]
INHERITED = "It is the platform's: only its operators change it, in the platform's console."

Row = ProviderAccount | PlatformAccount


class Accounts:
    """What the list and the item share. Accounts have no mode: test keys read, but use none."""

    noun = "a provider account"
    nouns = "provider accounts"
    answer = AccountOut
    unique = Unique(field="name", advice="GET /api/v1/provider-accounts?name={value} shows it.")
    request: Any

    def rows(self) -> QuerySet[ProviderAccount]:
        return ProviderAccount.objects.all()

    def inherited(self) -> QuerySet[PlatformAccount]:
        """The platform's accounts that serve the tenant as well."""
        return inherited_by(self.request.auth.tenant)

    def show(self, rows: Sequence[Row]) -> list[AccountOut]:
        found = breakers().shared_states(row.id for row in rows)
        return [account_out(row, found[row.id] if found is not None else None) for row in rows]


class AccountList(Accounts, Collection[ProviderAccount]):
    """`/provider-accounts`"""

    body = AccountIn
    filters = (
        Filter(lookup="name", parameter=text("name", "The account's name.")),
        Filter(lookup="kind", parameter=text("kind", "The kind of provider.")),
        Filter(lookup="channel", parameter=choice("channel", "The channel.", list(Channel))),
    )

    def lists(self) -> Sequence[QuerySet[Any]]:
        return (self.rows(), self.inherited())

    def create(self, asked: Any) -> ProviderAccount:
        row = ProviderAccount(kind=asked.kind, channel=asked.channel)
        return _saved(row, asked, asked.credentials)


class AccountItem(Accounts, Item[ProviderAccount]):
    """`/provider-accounts/{id}`"""

    changes = AccountChanges

    def row(self, rows: QuerySet[ProviderAccount]) -> Any:
        inherited = self.inherited().filter(id=self.kwargs["id"]).first()
        if inherited is None:
            return super().row(rows)
        if self.request.method != "GET":
            raise Problem("conflict", INHERITED)
        return inherited

    def change(self, row: ProviderAccount, changes: Any) -> ProviderAccount:
        given = changes.credentials
        return _saved(row, changes, _kept(row) if given is UNSET else given)

    def remove(self, row: ProviderAccount) -> None:
        row.delete()
        transaction.on_commit(accounts.forget)


def _saved(row: ProviderAccount, asked: Any, credentials: dict[str, Any]) -> ProviderAccount:
    """The row with what was asked for. Raises Problem `invalid` naming each wrong field."""
    former = {} if row._state.adding else row.options
    set_fields(row, asked, CHANGEABLE)
    wrong = registry.validate(row.kind, row.channel, row.options, credentials)
    wrong += problems_of_limits(row.channel, row.domain_per_second)
    wrong = wrong or list(problems_of_hosts(row.kind, row.options, former))
    if wrong:
        raise invalid(*(PointedError(pointer, detail) for pointer, detail in wrong))
    row.save()
    transaction.on_commit(accounts.forget)
    return row


def _kept(row: ProviderAccount) -> dict[str, Any]:
    try:
        return row.credentials
    except SecretError as error:
        raise Problem("conflict", f"{error} Or send the credentials anew.") from error
