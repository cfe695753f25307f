"""`/provider-accounts`: whom a tenant sends through. Credentials go in and never come out."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from msgspec import UNSET, Meta, Struct, UnsetType

from delivery import accounts
from delivery.models import ProviderAccount
from delivery.providers import registry
from signalbus.api.conflicts import Unique
from signalbus.api.filters import Filter
from signalbus.api.operations import choice, text
from signalbus.api.problems import PointedError, Problem, invalid
from signalbus.api.resources import Collection, Item, set_fields
from signalbus.bus.streams import Channel
from signalbus.core.crypto import SecretError

HIGHEST_POSITION = 32_767  # of a smallint
Name = Annotated[str, Meta(min_length=1, max_length=100)]
Position = Annotated[int, Meta(ge=0, le=HIGHEST_POSITION)]
CHANGEABLE = ["name", "options", "credentials", "enabled", "position"]


class AccountIn(Struct, forbid_unknown_fields=True, kw_only=True):
    """A new account. Which options and credentials there are depends on the kind."""

    name: Annotated[Name, Meta(description="A name of your own.")]
    kind: Annotated[
        str, Meta(description="The kind of provider, such as `smtp`, `twilio` or `simulator`.")
    ]
    channel: Annotated[Channel, Meta(description="`email` or `sms`.")]
    options: Annotated[
        dict[str, Any],
        Meta(description="What the kind needs that is no secret, such as `host` and `from`."),
    ] = {}
    credentials: Annotated[
        dict[str, Any], Meta(description="The kind's secrets; they never come out again.")
    ] = {}
    enabled: Annotated[bool, Meta(description="Whether it is used.")] = True
    position: Annotated[
        Position,
        Meta(description="Where it stands in the order of trying; the lowest comes first."),
    ] = 0


class AccountChanges(Struct, forbid_unknown_fields=True, kw_only=True):
    """What of an account may change; options and credentials are replaced as a whole."""

    name: Annotated[Name | UnsetType, Meta(description="Its name.")] = UNSET
    options: Annotated[dict[str, Any] | UnsetType, Meta(description="Replaces all options.")] = (
        UNSET
    )
    credentials: Annotated[
        dict[str, Any] | UnsetType, Meta(description="Replaces all credentials.")
    ] = UNSET
    enabled: Annotated[bool | UnsetType, Meta(description="Whether it is used.")] = UNSET
    position: Annotated[
        Position | UnsetType,
        Meta(description="Where it stands in the order of trying; the lowest comes first."),
    ] = UNSET


class AccountOut(Struct, kw_only=True):
    """An account; of its credentials only whether there are any."""

    id: Annotated[UUID, Meta(description="Its id, a UUID.")]
    name: Annotated[str, Meta(description="Its name.")]
    kind: Annotated[str, Meta(description="The kind of provider.")]
    channel: Annotated[str, Meta(description="`email` or `sms`.")]
    options: Annotated[dict[str, Any], Meta(description="What is no secret.")]
    has_credentials: Annotated[
        bool, Meta(description="Whether there are credentials; they are never shown.")
    ]
    enabled: Annotated[bool, Meta(description="Whether it is used.")]
    position: Annotated[
        int, Meta(description="Where it stands in the order of trying; the lowest comes first.")
    ]
    created_at: Annotated[datetime, Meta(description="When it was made.")]
    updated_at: Annotated[datetime, Meta(description="When it was last changed.")]


class Accounts:
    """What the list and the item share. Accounts have no mode: test keys read, but use none."""

    noun = "a provider account"
    nouns = "provider accounts"
    answer = AccountOut
    unique = Unique(field="name", advice="GET /api/v1/provider-accounts?name={value} shows it.")

    def rows(self) -> QuerySet[ProviderAccount]:
        return ProviderAccount.objects.all()

    def show(self, rows: Sequence[ProviderAccount]) -> list[AccountOut]:
        return [_shown(row) for row in rows]


class AccountList(Accounts, Collection[ProviderAccount]):
    """`/provider-accounts`"""

    body = AccountIn
    filters = (
        Filter(lookup="name", parameter=text("name", "The account's name.")),
        Filter(lookup="kind", parameter=text("kind", "The kind of provider.")),
        Filter(lookup="channel", parameter=choice("channel", "The channel.", list(Channel))),
    )

    def create(self, asked: Any) -> ProviderAccount:
        row = ProviderAccount(kind=asked.kind, channel=asked.channel)
        return _saved(row, asked, asked.credentials)


class AccountItem(Accounts, Item[ProviderAccount]):
    """`/provider-accounts/{id}`"""

    changes = AccountChanges

    def change(self, row: ProviderAccount, changes: Any) -> ProviderAccount:
        given = changes.credentials
        return _saved(row, changes, _kept(row) if given is UNSET else given)

    def remove(self, row: ProviderAccount) -> None:
        row.delete()
        transaction.on_commit(accounts.forget)


def _saved(row: ProviderAccount, asked: Any, credentials: dict[str, Any]) -> ProviderAccount:
    """The row with what was asked for. Raises Problem `invalid` naming each wrong field."""
    set_fields(row, asked, CHANGEABLE)
    wrong = registry.validate(row.kind, row.channel, row.options, credentials)
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


def _shown(row: ProviderAccount) -> AccountOut:
    return AccountOut(
        id=row.id,
        name=row.name,
        kind=row.kind,
        channel=row.channel,
        options=row.options,
        has_credentials=bool(row.sealed),
        enabled=row.enabled,
        position=row.position,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )
