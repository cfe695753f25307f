"""Policies: list, create, show, change, delete."""

from collections.abc import Sequence
from functools import reduce
from typing import Any

from django.db.models import QuerySet
from msgspec import UNSET, convert, to_builtins

from notifications import policy_changes
from notifications.api.policy_shapes import PolicyChanges, PolicyIn, PolicyOut, PolicyRule, Retry
from notifications.models import Policy
from notifications.policy_changes import PolicyError
from notifications.values import Rule
from signalbus.api.conflicts import Unique
from signalbus.api.filters import Filter
from signalbus.api.operations import text
from signalbus.api.pointers import inside
from signalbus.api.problems import PointedError, Problem, invalid
from signalbus.api.resources import Collection, Item, set_fields
from signalbus.bus.streams import Channel


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
                retry=to_builtins(asked.retry),
                watch_seconds=asked.watch_seconds,
                overrides=asked.overrides,
            )
        except PolicyError as error:
            raise _refused(error) from error
        return self.rows().get(id=made.id)


class PolicyItem(Policies, Item[Policy]):
    """`/policies/{topic}`"""

    changes = PolicyChanges
    key = "topic"

    def change(self, row: Policy, changes: Any) -> Policy:
        names = ["description", "priority", "enabled", "watch_seconds", "overrides"]
        set_fields(row, changes, names)
        if changes.retry is not UNSET:
            row.retry = to_builtins(changes.retry)
        rules = None if changes.channels is UNSET else _rules(changes.channels)
        try:
            policy_changes.change_policy(row, rules)
        except PolicyError as error:
            raise _refused(error) from error
        return self.rows().get(id=row.id)


def _rules(channels: Sequence[PolicyRule]) -> list[Rule]:
    return [
        Rule(channel=each.channel, template=each.template, fallback=each.fallback)
        for each in channels
    ]


def _refused(error: PolicyError) -> Problem:
    return invalid(
        *(PointedError(reduce(inside, each.path, ""), each.detail) for each in error.wrong)
    )


def _shown(row: Policy) -> PolicyOut:
    return PolicyOut(
        id=row.id,
        topic=row.topic,
        description=row.description,
        priority=row.priority,
        enabled=row.enabled,
        channels=[
            PolicyRule(
                channel=Channel(each.channel),
                template=each.template.name,
                fallback=each.fallback,
            )
            for each in row.channels.all()
        ],
        retry=convert(row.retry, Retry),
        watch_seconds=row.watch_seconds,
        overrides=row.overrides,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )
