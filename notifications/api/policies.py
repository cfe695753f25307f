"""Policies: list, create, show, change, delete."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.db.models import QuerySet
from msgspec import UNSET, Meta, Struct, UnsetType

from notifications import policy_changes
from notifications.models import Policy
from notifications.models.policies import TOPIC
from notifications.policy_changes import RuleError
from notifications.values import Rule
from signalbus.api.conflicts import Unique
from signalbus.api.filters import Filter
from signalbus.api.operations import text
from signalbus.api.pointers import inside
from signalbus.api.problems import PointedError, Problem, invalid
from signalbus.api.resources import Collection, Item, set_fields
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
    created_at: Annotated[datetime, Meta(description="When it was made.")]
    updated_at: Annotated[datetime, Meta(description="When it was last changed.")]


class Policies:
    """What the list and the item share. Policies have no mode: live and test keys share them."""

    noun = "a policy"
    nouns = "policies"
    answer = PolicyOut
    unique = Unique(field="topic", advice="change it with PATCH /api/v1/policies/{value}.")

    def rows(self) -> QuerySet[Policy]:
        return Policy.objects.prefetch_related("channels__template")

    def show(self, rows: Sequence[Policy]) -> list[PolicyOut]:
        return [_shown(row) for row in rows]


class PolicyList(Policies, Collection[Policy]):
    """`/policies`"""

    body = PolicyIn
    filters = (Filter(lookup="topic", parameter=text("topic", "The kind of event.")),)

    def create(self, asked: Any) -> Policy:
        try:
            made = policy_changes.create_policy(
                _rules(asked.channels),
                topic=asked.topic,
                description=asked.description,
                priority=asked.priority,
                enabled=asked.enabled,
            )
        except RuleError as error:
            raise _refused(error) from error
        return self.rows().get(id=made.id)


class PolicyItem(Policies, Item[Policy]):
    """`/policies/{topic}`"""

    changes = PolicyChanges
    key = "topic"

    def change(self, row: Policy, changes: Any) -> Policy:
        if changes.channels is not UNSET:
            try:
                policy_changes.replace_rules(row, _rules(changes.channels))
            except RuleError as error:
                raise _refused(error) from error
        set_fields(row, changes, ["description", "priority", "enabled"])
        row.save()
        return self.rows().get(id=row.id)


def _rules(channels: Sequence[PolicyRule]) -> list[Rule]:
    return [Rule(channel=each.channel, template=each.template) for each in channels]


def _refused(error: RuleError) -> Problem:
    pointer = inside(inside("/channels", error.index), error.field)
    return invalid(PointedError(pointer, str(error)))


def _shown(row: Policy) -> PolicyOut:
    return PolicyOut(
        id=row.id,
        topic=row.topic,
        description=row.description,
        priority=row.priority,
        enabled=row.enabled,
        channels=[
            PolicyRule(channel=Channel(each.channel), template=each.template.name)
            for each in row.channels.all()
        ],
        created_at=row.created_at,
        updated_at=row.updated_at,
    )
