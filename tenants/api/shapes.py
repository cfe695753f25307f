"""API keys as the API takes and shows them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType

from tenants import key_usage
from tenants.limit_checks import LARGEST
from tenants.limits import LIMITS, Subject, names_of
from tenants.models import ApiKey
from tenants.operators.owners import owners_of
from tenants.standing import Used

Name = Annotated[str, Meta(min_length=1, max_length=100, examples=["order service"])]
Mode = Literal["live", "test"]
Scopes = Annotated[list[Literal["send", "read", "manage"]], Meta(min_length=1)]

# Described only: what is wrong with limits is told by limit_checks, in sentences.
KeyLimits = Annotated[
    dict[str, int | None],
    Meta(
        extra_json_schema={
            "properties": {
                name: {
                    "type": ["integer", "null"],
                    "description": f"{LIMITS[name].meaning}.",
                    "minimum": LIMITS[name].least,
                    "maximum": LARGEST,
                }
                for name in names_of(Subject.KEY)
            },
            "propertyNames": {"enum": names_of(Subject.KEY)},
        }
    ),
]
LIMITS_HELP = (
    "Limits of its own, at most the tenant's: `requests_per_second`, `requests_burst`, "
    "`notifications_per_minute` and the same by channel (`sms_per_minute`), and quotas "
    "(`notifications_per_day`, `sms_per_month`); what is not named is the tenant's."
)


class KeyIn(Struct, forbid_unknown_fields=True, kw_only=True):
    """A key that is wanted; `mode` is the asking key's own unless given."""

    name: Annotated[Name, Meta(description="What the key is for.")]
    scopes: Annotated[Scopes, Meta(description="What the key may do: `send`, `read`, `manage`.")]
    mode: Annotated[
        Mode | None, Meta(description="`live` or `test`; null: the mode of the key that asks.")
    ] = None
    expires_at: Annotated[
        Annotated[datetime, Meta(tz=True)] | None,
        Meta(description="When it stops working; null: never."),
    ] = None
    limits: Annotated[KeyLimits, Meta(description=LIMITS_HELP)] = {}
    personal: Annotated[
        bool | None,
        Meta(
            description="Whether it is the own key of the operator whose key asks, and so held by "
            "their role too; null: as the key that asks. Only owners make others."
        ),
    ] = None


class KeyChanges(Struct, forbid_unknown_fields=True, kw_only=True):
    """What may change of a key; `limits` takes the place of all that there were."""

    limits: Annotated[KeyLimits | UnsetType, Meta(description=LIMITS_HELP)] = UNSET


class KeyQuotaOut(Struct, kw_only=True):
    """How far a key has come in a quota of its own."""

    quota: Annotated[str, Meta(description="Its name among the limits, such as `sms_per_day`.")]
    used: Annotated[int, Meta(description="How many were accepted of the key in its period.")]
    limit: Annotated[int, Meta(description="The quota.")]
    remaining: Annotated[int, Meta(description="What is left of it.")]
    opens_at: Annotated[datetime, Meta(description="When the next day or month begins, in UTC.")]


class KeyOut(Struct, kw_only=True):
    """A key without its secret; `prefix` is the part by which people recognise it."""

    id: Annotated[UUID, Meta(description="Its id, a UUID.")]
    name: Annotated[str, Meta(description="Its name.")]
    prefix: Annotated[str, Meta(description="The part by which people recognise the key.")]
    mode: Annotated[Mode, Meta(description="`live` or `test`.")]
    scopes: Annotated[list[str], Meta(description="What the key may do: `send`, `read`, `manage`.")]
    owner: Annotated[
        str | None,
        Meta(
            description="The operator whose own key it is, and whose role it is held by; null of "
            "an application's."
        ),
    ]
    limits: Annotated[KeyLimits, Meta(description=LIMITS_HELP)]
    usage: Annotated[list[KeyQuotaOut], Meta(description="How far it has come in its own quotas.")]
    expires_at: Annotated[datetime | None, Meta(description="When it stops working; null: never.")]
    last_used_at: Annotated[
        datetime | None, Meta(description="When it was last used, to the minute or so.")
    ]
    revoked_at: Annotated[datetime | None, Meta(description="When it was revoked; null: it works.")]
    created_at: Annotated[datetime, Meta(description="When it was made.")]


class NewKeyOut(KeyOut, kw_only=True):
    """A key just made. `key` is the secret, shown this one time."""

    key: Annotated[str, Meta(description="The key itself, shown this one time.")]


def shown(rows: Sequence[ApiKey]) -> list[KeyOut]:
    """Keys as lists show them."""
    usage, names = key_usage.of_keys(rows), owners_of(rows)
    return [KeyOut(**_fields(row, usage.get(row.id, []), names)) for row in rows]


def shown_once(row: ApiKey, secret: str) -> NewKeyOut:
    """A new key with its secret."""
    usage = key_usage.of_keys([row])
    return NewKeyOut(key=secret, **_fields(row, usage.get(row.id, []), owners_of([row])))


def _fields(row: ApiKey, usage: Sequence[Used], owners: Mapping[int, str]) -> dict[str, Any]:
    names = set(KeyOut.__struct_fields__) - {"usage", "owner"}
    plain = {name: getattr(row, name) for name in names}
    return {**plain, "owner": owners.get(row.owner_id or 0), "usage": _quotas(usage)}


def _quotas(usage: Sequence[Used]) -> list[KeyQuotaOut]:
    return [
        KeyQuotaOut(
            quota=each.name,
            used=each.used,
            limit=each.limit,
            remaining=each.limit - min(each.used, each.limit),
            opens_at=each.opens_at,
        )
        for each in usage
        if each.limit is not None
    ]
