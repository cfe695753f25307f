"""Tenants as the platform's API takes and shows them."""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

Limits = dict[str, int | None]
Weights = dict[str, int]
LIMITS_HELP = (
    "What differs from the installation's limits, such as `requests_per_second` or "
    "`sms_per_month`; null is no limit, what is not named is the installation's."
)
WEIGHTS_HELP = (
    "How many turns its lines get for one of a line without a weight, by stream such as "
    "`email.bulk`; what is not named has one."
)
Name = Annotated[
    str,
    Meta(min_length=1, max_length=63, description="a-z, 0-9 and hyphens.", examples=["acme"]),
]
Host = Annotated[str, Meta(min_length=1, max_length=253, examples=["acme.example.org"])]
Email = Annotated[str, Meta(min_length=3, max_length=254, examples=["ann@acme.example"])]
Hours = Annotated[int, Meta(ge=1, le=720)]
Locale = Annotated[str, Meta(min_length=1, max_length=35)]
Zone = Annotated[str, Meta(min_length=1, max_length=64)]
HOURS_HELP = "How many hours answers are kept for repeated requests."
INHERITS_HELP = "Whether the platform's provider accounts serve it as well."
TWO_FACTOR_HELP = "Whether its operators have to log in with a second factor."
LOCALE_HELP = "The locale of last resort, such as `en` or `fr-CA`."
ZONE_HELP = "Its time zone, such as `Europe/Paris`."


class OperatorIn(Struct, forbid_unknown_fields=True, kw_only=True):
    """Who is invited to the new tenant's console first."""

    email: Annotated[Email, Meta(description="Where the invitation goes.")]
    role: Annotated[
        Literal["viewer", "editor", "operator", "owner"],
        Meta(description="What they may do there."),
    ] = "owner"


class TenantIn(Struct, forbid_unknown_fields=True, kw_only=True):
    """A tenant that is wanted."""

    name: Annotated[Name, Meta(description="Short name: a-z, 0-9 and hyphens, begins without one.")]
    domain: Annotated[
        Host | None,
        Meta(description="Host name of its console; null: it has none until a domain is added."),
    ] = None
    operator: Annotated[
        OperatorIn | None,
        Meta(description="Who is invited to its console, which needs a domain; null: nobody."),
    ] = None
    default_locale: Annotated[Locale, Meta(description=LOCALE_HELP)] = "en"
    time_zone: Annotated[Zone, Meta(description=ZONE_HELP)] = "UTC"
    limits: Annotated[Limits, Meta(description=LIMITS_HELP)] = {}
    weights: Annotated[Weights, Meta(description=WEIGHTS_HELP)] = {}


class TenantChanges(Struct, forbid_unknown_fields=True, kw_only=True):
    """What may change of a tenant; `limits` and `weights` take the place of all there were."""

    name: Annotated[
        Name | UnsetType,
        Meta(description="Another name; the tenant's addresses here have it from then on."),
    ] = UNSET
    default_locale: Annotated[Locale | UnsetType, Meta(description=LOCALE_HELP)] = UNSET
    time_zone: Annotated[Zone | UnsetType, Meta(description=ZONE_HELP)] = UNSET
    idempotency_hours: Annotated[Hours | UnsetType, Meta(description=HOURS_HELP)] = UNSET
    inherits_accounts: Annotated[bool | UnsetType, Meta(description=INHERITS_HELP)] = UNSET
    two_factor_required: Annotated[bool | UnsetType, Meta(description=TWO_FACTOR_HELP)] = UNSET
    limits: Annotated[Limits | UnsetType, Meta(description=LIMITS_HELP)] = UNSET
    weights: Annotated[Weights | UnsetType, Meta(description=WEIGHTS_HELP)] = UNSET


class SuspendIn(Struct, forbid_unknown_fields=True, kw_only=True):
    """Why a tenant is suspended."""

    reason: Annotated[
        Annotated[str, Meta(min_length=1, max_length=200)],
        Meta(description="What its API and console say."),
    ]


class DeleteIn(Struct, forbid_unknown_fields=True, kw_only=True):
    """That a tenant is meant to be deleted."""

    confirm: Annotated[str, Meta(description="The tenant's name, once more.")]


class WaitingLineOut(Struct, kw_only=True):
    """A line in which something is due."""

    stream: Annotated[str, Meta(description="Channel and lane, such as `email.bulk`.")]
    due: Annotated[int, Meta(description="How many wait; counted up to 10,000.")]
    oldest_due_at: Annotated[datetime, Meta(description="Since when the first of them waits.")]


class BacklogOut(Struct, kw_only=True):
    """What of a tenant waits at this moment."""

    due: Annotated[int, Meta(description="How many wait in all its lines, as far as counted.")]
    has_more: Annotated[bool, Meta(description="Whether there are more than were counted.")]
    oldest_due_at: Annotated[
        datetime | None, Meta(description="Since when the first of all waits; null: nothing does.")
    ]
    lines: Annotated[list[WaitingLineOut], Meta(description="The lines where anything waits.")]


class PauseOut(Struct, kw_only=True):
    """A reason why a line stands still."""

    stream: Annotated[str | None, Meta(description="The stream; null: all of the tenant's.")]
    reason: Annotated[
        str, Meta(description="A word, such as `suspended`, `breaker`, `guard` or `flood`.")
    ]
    note: Annotated[str | None, Meta(description="What is known of it; addresses are masked.")]
    since: Annotated[datetime, Meta(description="Since when.")]
    until: Annotated[
        datetime | None, Meta(description="When it ends by itself; null: when it is taken away.")
    ]


class MonthOut(Struct, kw_only=True):
    """What was accepted live since the month of UTC began."""

    notifications: Annotated[int, Meta(description="Notifications.")]
    deliveries: Annotated[dict[str, int], Meta(description="Deliveries by channel.")]


class TenantOut(Struct, kw_only=True):
    """A tenant, and how it stands with it."""

    id: Annotated[int, Meta(description="Its number, which never changes.")]
    name: Annotated[str, Meta(description="Its short name, which addresses and commands use.")]
    schema: Annotated[str, Meta(description="The schema of its data in PostgreSQL.")]
    state: Annotated[
        Literal["active", "suspended", "deleting"],
        Meta(description="`active`, `suspended`, or `deleting` once there is no way back."),
    ]
    suspension_reason: Annotated[
        str | None, Meta(description="Why it is suspended; null while it is not.")
    ]
    delete_at: Annotated[
        datetime | None, Meta(description="When all of it is deleted; null: it is not to be.")
    ]
    console_url: Annotated[
        str | None, Meta(description="Where its console is; null without a domain.")
    ]
    domains: Annotated[list[str], Meta(description="Its host names, the primary one first.")]
    default_locale: Annotated[str, Meta(description=LOCALE_HELP)]
    time_zone: Annotated[str, Meta(description=ZONE_HELP)]
    idempotency_hours: Annotated[int, Meta(description=HOURS_HELP)]
    inherits_accounts: Annotated[bool, Meta(description=INHERITS_HELP)]
    two_factor_required: Annotated[bool, Meta(description=TWO_FACTOR_HELP)]
    limits: Annotated[Limits, Meta(description=LIMITS_HELP)]
    weights: Annotated[Weights, Meta(description=WEIGHTS_HELP)]
    backlog: Annotated[BacklogOut, Meta(description="What waits at this moment.")]
    pauses: Annotated[list[PauseOut], Meta(description="Why lines stand still, oldest first.")]
    usage: Annotated[
        MonthOut | None,
        Meta(description="What was accepted this month; null: it could not be read just now."),
    ]
    created_at: Annotated[datetime, Meta(description="When it was made.")]


class InvitationOut(Struct, kw_only=True):
    """An invitation to the console. Its link works once, and is shown this one time."""

    email: Annotated[str, Meta(description="Who is invited.")]
    role: Annotated[str, Meta(description="What they may do there.")]
    url: Annotated[str, Meta(description="The link by which they choose name and password.")]
    expires_at: Annotated[datetime, Meta(description="Until when it is good.")]
    mailed: Annotated[bool, Meta(description="Whether Signalbus sends the link by mail itself.")]


class NewTenantOut(TenantOut, kw_only=True):
    """A tenant just made."""

    invitation: Annotated[
        InvitationOut | None, Meta(description="The invitation of its first operator, if any.")
    ]
