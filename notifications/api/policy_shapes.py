"""The bodies and answers of /policies."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType, field

from notifications.deciding.patience import BOUNDS
from notifications.deciding.terms import LONGEST_WATCH, OVERRIDABLE, SHORTEST_WATCH
from notifications.models.policies import TOPIC
from signalbus.api.sentences import EXPECTED
from signalbus.bus.streams import Channel, Lane

Topic = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=100,
        pattern=TOPIC.regex.pattern,
        extra={EXPECTED: str(TOPIC.message)},
    ),
]
Description = Annotated[str, Meta(max_length=300)]


class PolicyRule(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A channel and the name of the template that it uses."""

    channel: Annotated[Channel, Meta(description="`email` or `sms`.")]
    template: Annotated[str, Meta(description="The template's name.")]
    fallback: Annotated[
        bool,
        Meta(
            description="Used only where the channels before it brought no receipt of delivery "
            "within `watch_seconds`, and once."
        ),
    ] = False


def _from(figure: str) -> Meta:
    least, most = BOUNDS[figure]
    whole = figure == "tries"
    return Meta(ge=int(least) if whole else least, le=int(most) if whole else most)


class Retry(Struct, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """How often and for how long it is tried; what is not named goes by channel and priority."""

    first: Annotated[
        Annotated[float, _from("first")] | UnsetType,
        Meta(description="Seconds that the pause after the first try lasts at most."),
    ] = UNSET
    factor: Annotated[
        Annotated[float, _from("factor")] | UnsetType,
        Meta(description="How many times longer the pause may be with each further try."),
    ] = UNSET
    longest: Annotated[
        Annotated[float, _from("longest")] | UnsetType,
        Meta(description="Seconds that no pause exceeds."),
    ] = UNSET
    tries: Annotated[
        Annotated[int, _from("tries")] | UnsetType,
        Meta(description="Calls of a provider, the first one included."),
    ] = UNSET
    deadline: Annotated[
        Annotated[float, _from("deadline")] | UnsetType,
        Meta(
            description="Seconds from when it was to go out after which no try begins; "
            "a request's `expires_at` goes before."
        ),
    ] = UNSET


RETRY = "What differs from the rule of channel and priority; an empty object for nothing."
WATCH = (
    "Seconds to wait for a receipt of delivery; without one the next account, or the next "
    "fallback, is used, once. `null`: receipts are not waited for."
)
OVERRIDES = (
    "Reasons of suppressions that it is sent in spite of: " + ", ".join(OVERRIDABLE) + ". "
    "Complaints and opt-outs are never overridden."
)
# Described only: why a reason is not taken is told by the terms, in sentences.
Override = Annotated[str, Meta(extra_json_schema={"enum": list(OVERRIDABLE)})]
Overrides = Annotated[list[Override], Meta(extra_json_schema={"uniqueItems": True})]
Watch = Annotated[int, Meta(ge=SHORTEST_WATCH, le=LONGEST_WATCH)]
Rules = Annotated[list[PolicyRule], Meta(min_length=1)]


class PolicyIn(Struct, kw_only=True, forbid_unknown_fields=True):
    """What is to happen when something of this topic happened to somebody."""

    topic: Annotated[Topic, Meta(description="The kind of event, such as `order.shipped`.")]
    description: Annotated[Description, Meta(description="What it is for, in your own words.")] = ""
    priority: Annotated[Lane, Meta(description="`high`, `normal` or `bulk`.")] = Lane.NORMAL
    enabled: Annotated[bool, Meta(description="Whether it is used.")] = True
    channels: Annotated[
        Rules,
        Meta(description="Channels with their templates, in the order in which they are used."),
    ]
    retry: Annotated[Retry, Meta(description=RETRY)] = field(default_factory=Retry)
    watch_seconds: Annotated[Watch | None, Meta(description=WATCH)] = None
    overrides: Annotated[Overrides, Meta(description=OVERRIDES)] = []


class PolicyChanges(Struct, kw_only=True, forbid_unknown_fields=True):
    """What may change; `channels` takes the place of all that there were."""

    description: Annotated[
        Description | UnsetType, Meta(description="What it is for, in your own words.")
    ] = UNSET
    priority: Annotated[Lane | UnsetType, Meta(description="`high`, `normal` or `bulk`.")] = UNSET
    enabled: Annotated[bool | UnsetType, Meta(description="Whether it is used.")] = UNSET
    channels: Annotated[
        Rules | UnsetType, Meta(description="Takes the place of all channels that there were.")
    ] = UNSET
    retry: Annotated[Retry | UnsetType, Meta(description=RETRY)] = UNSET
    watch_seconds: Annotated[Watch | UnsetType | None, Meta(description=WATCH)] = UNSET
    overrides: Annotated[Overrides | UnsetType, Meta(description=OVERRIDES)] = UNSET


class PolicyOut(Struct, kw_only=True):
    """A policy as it stands; its channels in the order in which they are used."""

    id: Annotated[UUID, Meta(description="Its id, a UUID.")]
    topic: Annotated[str, Meta(description="The kind of event, such as `order.shipped`.")]
    description: Annotated[str, Meta(description="What it is for, in your own words.")]
    priority: Annotated[str, Meta(description="`high`, `normal` or `bulk`.")]
    enabled: Annotated[bool, Meta(description="Whether it is used.")]
    channels: Annotated[
        list[PolicyRule],
        Meta(description="Channels with their templates, in the order in which they are used."),
    ]
    retry: Annotated[Retry, Meta(description=RETRY)]
    watch_seconds: Annotated[int | None, Meta(description=WATCH)]
    overrides: Annotated[list[str], Meta(description=OVERRIDES)]
    created_at: Annotated[datetime, Meta(description="When it was made.")]
    updated_at: Annotated[datetime, Meta(description="When it was last changed.")]
