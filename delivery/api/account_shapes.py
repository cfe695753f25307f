"""The bodies and answers of `/provider-accounts`. Credentials go in and never come out."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType

from delivery.account_limits import (
    BIGGEST_BURST,
    FASTEST,
    HEAVIEST,
    HIGHEST_POSITION,
    SLOWEST,
)
from delivery.breaker import Breaker
from delivery.breaker_rule import State
from delivery.models import ProviderAccount
from delivery.providers import registry
from delivery.receipts.addresses import hook_url
from signalbus.bus.streams import Channel
from tenants.models import PlatformAccount

Name = Annotated[str, Meta(min_length=1, max_length=100)]
Position = Annotated[
    int,
    Meta(
        ge=0,
        le=HIGHEST_POSITION,
        description="Where it stands in the order of trying; the lowest comes first.",
    ),
]
Weight = Annotated[
    int, Meta(ge=1, le=HEAVIEST, description="Its share among accounts of the same position.")
]
PerSecond = Annotated[float, Meta(ge=SLOWEST, le=FASTEST)]
NO_LIMIT = "Messages per second that it may send; null: no limit."
OF_DOMAIN = "The same for each domain of recipients, only of `email`; null: no limit."
Burst = Annotated[
    int,
    Meta(ge=1, le=BIGGEST_BURST, description="Messages that may go at once after a pause."),
]


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
    position: Position = 0
    weight: Weight = 1
    per_second: Annotated[PerSecond | None, Meta(description=NO_LIMIT)] = None
    burst: Burst = 1
    domain_per_second: Annotated[PerSecond | None, Meta(description=OF_DOMAIN)] = None


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
    position: Position | UnsetType = UNSET
    weight: Weight | UnsetType = UNSET
    per_second: Annotated[PerSecond | UnsetType | None, Meta(description=NO_LIMIT)] = UNSET
    burst: Burst | UnsetType = UNSET
    domain_per_second: Annotated[PerSecond | UnsetType | None, Meta(description=OF_DOMAIN)] = UNSET


class BreakerOut(Struct, kw_only=True):
    """Whether the account is left alone because its provider is down."""

    state: Annotated[
        str,
        Meta(
            description="`closed`: it is used; `open`: it is left alone; `half_open`: a few "
            "messages try it."
        ),
    ]
    retry_in: Annotated[
        float | None,
        Meta(description="In how many seconds an open one is tried again; else null."),
    ]


class AccountOut(Struct, kw_only=True):
    """An account; of its credentials only whether there are any.

    An inherited one is the platform's: it serves you as well, and only the platform's operators
    see its options and change it.
    """

    id: Annotated[UUID, Meta(description="Its id, a UUID.")]
    name: Annotated[str, Meta(description="Its name.")]
    kind: Annotated[str, Meta(description="The kind of provider.")]
    channel: Annotated[str, Meta(description="`email` or `sms`.")]
    options: Annotated[
        dict[str, Any], Meta(description="What is no secret; nothing of an inherited one.")
    ]
    has_credentials: Annotated[
        bool | None,
        Meta(
            description="Whether there are credentials; they are never shown. Null of an "
            "inherited one."
        ),
    ]
    enabled: Annotated[bool, Meta(description="Whether it is used.")]
    inherited: Annotated[
        bool,
        Meta(description="Whether it is the platform's. It comes after all accounts of your own."),
    ]
    position: Annotated[
        int, Meta(description="Where it stands in the order of trying; the lowest comes first.")
    ]
    weight: Annotated[int, Meta(description="Its share among accounts of the same position.")]
    per_second: Annotated[
        float | None, Meta(description="Messages per second that you may send; null: no limit.")
    ]
    burst: Annotated[int, Meta(description="Messages that may go at once after a pause.")]
    domain_per_second: Annotated[
        float | None, Meta(description="The same for each domain of recipients; null: no limit.")
    ]
    breaker: Annotated[
        BreakerOut | None,
        Meta(description="How its provider answers; null while nobody can tell (without Redis)."),
    ]
    hook_url: Annotated[
        str | None,
        Meta(
            description="Where its provider is to send receipts. Null of an inherited one, and of "
            "a kind whose provider tells nothing later."
        ),
    ]
    created_at: Annotated[datetime, Meta(description="When it was made.")]
    updated_at: Annotated[datetime, Meta(description="When it was last changed.")]


def account_out(row: ProviderAccount | PlatformAccount, breaker: Breaker | None) -> AccountOut:
    """An account as its tenant sees it."""
    return _own(row, breaker) if isinstance(row, ProviderAccount) else _inherited(row, breaker)


def _own(row: ProviderAccount, breaker: Breaker | None) -> AccountOut:
    return AccountOut(
        **_plain(row, breaker),
        options=row.options,
        has_credentials=bool(row.sealed),
        inherited=False,
        hook_url=hook_url(row.kind, row.id) if _has_hook(row.kind) else None,
        per_second=row.per_second,
        domain_per_second=row.domain_per_second,
    )


def _inherited(row: PlatformAccount, breaker: Breaker | None) -> AccountOut:
    return AccountOut(
        **_plain(row, breaker),
        options={},
        has_credentials=None,
        inherited=True,
        hook_url=None,
        per_second=row.tenant_per_second,
        domain_per_second=None,
    )


def _has_hook(name: str) -> bool:
    kind = registry.find(name)
    return kind is not None and kind.hook is not None


def _plain(row: ProviderAccount | PlatformAccount, breaker: Breaker | None) -> dict[str, Any]:
    names = "id name kind channel enabled position weight burst created_at updated_at"
    plain = {name: getattr(row, name) for name in names.split()}
    return {**plain, "breaker": _breaker_out(breaker) if breaker else None}


def _breaker_out(breaker: Breaker) -> BreakerOut:
    left = round(breaker.opens_again_in, 1) if breaker.state is State.OPEN else None
    return BreakerOut(state=breaker.state, retry_in=left)
