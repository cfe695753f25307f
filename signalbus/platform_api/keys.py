"""`/tenants/{tenant}/api-keys`: keys of a tenant's applications, and which of all there are.

Whose own an operator's key is stays with the tenant; that it is one is shown.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from msgspec import Meta, Struct, UnsetType

from signalbus.api.filters import Filter
from signalbus.api.operations import Operation, choice
from signalbus.api.pointers import inside
from signalbus.api.problems import PointedError, invalid
from signalbus.api.resources import Collection, Item, Resource
from signalbus.platform_api.bases import ByPlatformKey
from tenants import keys
from tenants.api.shapes import LIMITS_HELP, KeyChanges, KeyLimits, Mode, Name, Scopes
from tenants.identity import identity_of
from tenants.limit_checks import LimitsError, check_key
from tenants.models import ApiKey, Tenant
from tenants.models import Mode as Modes


class TenantKeyIn(Struct, forbid_unknown_fields=True, kw_only=True):
    """A key that is wanted for an application of the tenant."""

    name: Annotated[Name, Meta(description="What the key is for.")]
    mode: Annotated[Mode, Meta(description="`live` or `test`.")] = "live"
    scopes: Annotated[Scopes, Meta(description="What the key may do: `send`, `read`, `manage`.")]
    expires_at: Annotated[
        Annotated[datetime, Meta(tz=True)] | None,
        Meta(description="When it stops working; null: never."),
    ] = None
    limits: Annotated[KeyLimits, Meta(description=LIMITS_HELP)] = {}


class TenantKeyOut(Struct, kw_only=True):
    """A key of a tenant, without its secret."""

    id: Annotated[UUID, Meta(description="Its id, a UUID.")]
    name: Annotated[str, Meta(description="Its name; that of an operator's own key is not shown.")]
    prefix: Annotated[str, Meta(description="The part by which people recognise the key.")]
    mode: Annotated[Mode, Meta(description="`live` or `test`.")]
    scopes: Annotated[list[str], Meta(description="What the key may do: `send`, `read`, `manage`.")]
    personal: Annotated[
        bool, Meta(description="Whether it is an operator's own, who may do no more than they may.")
    ]
    limits: Annotated[KeyLimits, Meta(description=LIMITS_HELP)]
    expires_at: Annotated[datetime | None, Meta(description="When it stops working; null: never.")]
    last_used_at: Annotated[
        datetime | None, Meta(description="When it was last used, to the minute or so.")
    ]
    revoked_at: Annotated[datetime | None, Meta(description="When it was revoked; null: it works.")]
    created_at: Annotated[datetime, Meta(description="When it was made.")]


class NewTenantKeyOut(TenantKeyOut, kw_only=True):
    """A key just made. `key` is the secret, shown this one time."""

    key: Annotated[str, Meta(description="The key itself, shown this one time.")]


class _Keys(ByPlatformKey, Resource[ApiKey]):
    noun = "an API key of a tenant"
    nouns = "API keys of a tenant"
    answer = TenantKeyOut

    def rows(self) -> QuerySet[ApiKey]:
        return ApiKey.objects.filter(tenant=self.tenant)

    def show(self, rows: Sequence[ApiKey]) -> list[TenantKeyOut]:
        return [TenantKeyOut(**_members(row)) for row in rows]


class Keys(_Keys, Collection[ApiKey]):
    body = TenantKeyIn
    filters = (
        Filter(lookup="mode", parameter=choice("mode", "Live or test keys only.", Modes.values)),
    )
    created_answer = NewTenantKeyOut
    secret_answer = True

    def create(self, asked: TenantKeyIn) -> ApiKey:
        if asked.expires_at is not None and asked.expires_at <= timezone.now():
            raise invalid(PointedError("/expires_at", "It lies in the past."))
        _check_limits(asked.limits, self.tenant)
        new = keys.create_key(
            self.tenant.pk,
            name=asked.name,
            mode=asked.mode,
            scopes=asked.scopes,
            expires_at=asked.expires_at,
            limits=asked.limits,
        )
        self._secret = new.secret
        self.tell("create key", self.tenant, key=new.key.prefix)
        return new.key

    def created(self, row: ApiKey) -> NewTenantKeyOut:
        return NewTenantKeyOut(key=self._secret, **_members(row))


class OneKey(_Keys, Item[ApiKey]):
    """Of a key only its limits change: it is revoked, and stays to be seen."""

    changes = KeyChanges

    @classmethod
    def described(cls) -> dict[str, Operation]:
        return {
            "get": Operation(summary=f"Show {cls.noun}", answer=TenantKeyOut),
            "patch": Operation(
                summary=f"Change the limits of {cls.noun}",
                description="`limits` takes the place of all limits that the key has of its own.",
                body=KeyChanges,
                answer=TenantKeyOut,
            ),
            "delete": Operation(summary=f"Revoke {cls.noun}", status=204),
        }

    def change(self, row: ApiKey, changes: KeyChanges) -> ApiKey:
        if not isinstance(changes.limits, UnsetType):
            _check_limits(changes.limits, self.tenant)
            keys.set_limits(row, changes.limits)
            self.tell("limit key", self.tenant, key=row.prefix)
        return row

    def remove(self, row: ApiKey) -> None:
        keys.revoke(row)
        self.tell("revoke key", self.tenant, key=row.prefix)


def _members(row: ApiKey) -> dict[str, Any]:
    plain = set(TenantKeyOut.__struct_fields__) - {"personal", "name"}
    personal = row.owner_id is not None
    named = {"name": "" if personal else row.name, "personal": personal}
    return {**{name: getattr(row, name) for name in plain}, **named}


def _check_limits(wish: KeyLimits, tenant: Tenant) -> None:
    try:
        check_key(wish, identity_of(tenant).limits)
    except LimitsError as error:
        faults = [
            PointedError(inside("/limits", name), told) for name, told in error.faults.items()
        ]
        raise invalid(*faults) from error
