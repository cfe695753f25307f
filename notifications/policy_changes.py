"""Making and changing policies; what they say is read through policies.py."""

from collections.abc import Mapping, Sequence

from django.db import transaction

from notifications.models import Policy, PolicyChannel
from notifications.values import Rule
from signalbus.core.errors import SignalbusError
from templates_app.models import Template


class RuleError(SignalbusError):
    """A channel that a policy cannot have; `index` and `field` say where it was asked for."""

    def __init__(self, index: int, field: str, detail: str) -> None:
        super().__init__(detail)
        self.index = index
        self.field = field


@transaction.atomic
def create_policy(rules: Sequence[Rule], **fields: str | bool) -> Policy:
    """A policy with its channels. Raises RuleError, and IntegrityError for a topic twice."""
    templates = _templates(rules)
    policy = Policy.objects.create(**fields)
    _add(policy, rules, templates)
    return policy


@transaction.atomic
def replace_rules(policy: Policy, rules: Sequence[Rule]) -> None:
    """Give the policy these channels instead of those it has. Raises RuleError."""
    templates = _templates(rules)
    policy.channels.all().delete()
    _add(policy, rules, templates)


def _add(policy: Policy, rules: Sequence[Rule], templates: Mapping[str, Template]) -> None:
    for position, rule in enumerate(rules):
        template = templates[rule.template or ""]
        PolicyChannel.objects.create(
            policy=policy, position=position, channel=rule.channel, template=template
        )


def _templates(rules: Sequence[Rule]) -> Mapping[str, Template]:
    """The templates that the rules name."""
    names = {rule.template for rule in rules}
    found = {row.name: row for row in Template.objects.filter(name__in=names)}
    channels = [rule.channel for rule in rules]
    for index, rule in enumerate(rules):
        if rule.template not in found:
            raise RuleError(index, "template", f"There is no template {rule.template!r}.")
        if rule.channel in channels[:index]:
            raise RuleError(index, "channel", f"The channel {rule.channel} is there already.")
    return found
