"""The policies of the current tenant as plain values, kept in process for a moment."""

from collections.abc import Mapping

from notifications.deciding.terms import OVERRIDABLE
from notifications.models import Policy
from notifications.values import PolicyFacts, Rule
from signalbus.core.timed_cache import TimedCache
from tenants.context import current_schema

SECONDS = 2.0
KEPT_TENANTS = 500


_kept: TimedCache[str, Mapping[str, PolicyFacts]] = TimedCache(seconds=SECONDS, size=KEPT_TENANTS)


def by_topic() -> Mapping[str, PolicyFacts]:
    """All policies of the current tenant by their topics."""
    return _kept.get(current_schema(), _load)


def forget(schema: str) -> None:
    """Read a tenant's policies anew: for the process that just changed one."""
    _kept.forget(schema)


def _load() -> dict[str, PolicyFacts]:
    rows = Policy.objects.prefetch_related("channels__template")
    return {row.topic: _facts(row) for row in rows}


def _facts(row: Policy) -> PolicyFacts:
    rules = [
        Rule(channel=each.channel, template=each.template.name, fallback=each.fallback)
        for each in sorted(row.channels.all(), key=lambda each: (each.position, each.pk))
    ]
    return PolicyFacts(
        topic=row.topic,
        priority=row.priority,
        enabled=row.enabled,
        rules=tuple(rule for rule in rules if not rule.fallback),
        fallbacks=tuple(rule for rule in rules if rule.fallback),
        retry=row.retry,
        overrides=frozenset(row.overrides).intersection(OVERRIDABLE),
    )
