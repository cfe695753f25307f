"""Making and changing policies; what they say is read through policies.py."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from notifications.deciding.terms import Misfit, Terms, misfits
from notifications.models import Policy, PolicyChannel
from notifications.values import Rule
from signalbus.core.errors import SignalbusError
from templates_app.models import Template


class PolicyError(SignalbusError):
    """What a policy cannot have, field by field."""

    def __init__(self, wrong: Sequence[Misfit]) -> None:
        super().__init__(wrong[0].detail)
        self.wrong = wrong


@transaction.atomic
def create_policy(rules: Sequence[Rule], **fields: Any) -> Policy:
    """A policy with its channels. Raises PolicyError, and IntegrityError for a topic twice."""
    policy = Policy(**fields)
    _check(policy, rules)
    templates = _templates(rules)
    policy.save(force_insert=True)
    _add(policy, rules, templates)
    return policy


@transaction.atomic
def change_policy(policy: Policy, rules: Sequence[Rule] | None) -> None:
    """Save the policy as it was changed, with these channels instead of its own, if any are given.

    Raises PolicyError; then nothing is changed.
    """
    _check(policy, _rules(policy) if rules is None else rules)
    if rules is not None:
        templates = _templates(rules)
        policy.channels.all().delete()
        _add(policy, rules, templates)
    policy.save()


def _check(policy: Policy, rules: Sequence[Rule]) -> None:
    wrong = misfits(
        Terms(
            fallbacks=[rule.fallback for rule in rules],
            watch_seconds=policy.watch_seconds,
            overrides=policy.overrides,
            retry=policy.retry,
        )
    )
    if wrong:
        raise PolicyError(wrong)


def _rules(policy: Policy) -> list[Rule]:
    return [
        Rule(channel=row.channel, template=None, fallback=row.fallback)
        for row in policy.channels.all()
    ]


def _add(policy: Policy, rules: Sequence[Rule], templates: Mapping[str, Template]) -> None:
    """One by one, so that each is in the audit log."""
    for position, rule in enumerate(rules):
        PolicyChannel.objects.create(
            policy=policy,
            position=position,
            channel=rule.channel,
            template=templates[rule.template or ""],
            fallback=rule.fallback,
        )


def _templates(rules: Sequence[Rule]) -> Mapping[str, Template]:
    """The templates that the rules name."""
    names = {rule.template for rule in rules}
    found = {row.name: row for row in Template.objects.filter(name__in=names)}
    channels = [rule.channel for rule in rules]
    for index, rule in enumerate(rules):
        if rule.template not in found:
            why = f"There is no template {rule.template!r}."
            raise PolicyError([Misfit(("channels", index, "template"), why)])
        if rule.channel in channels[:index]:
            why = f"The channel {rule.channel} is there already."
            raise PolicyError([Misfit(("channels", index, "channel"), why)])
    return found
