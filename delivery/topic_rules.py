"""What tenants' policies ask of delivering, beyond what is common; kept in process for a moment."""

import json
from collections.abc import Sequence
from typing import Any

from delivery.topics import ByTopic, TopicRules
from signalbus.core.timed_cache import TimedCache
from tenants.schemas import Rows

# Policies that ask for nothing of the kind, nearly all of them, are not read at all.
UNCOMMON = """
SELECT policy.topic, policy.retry, policy.overrides, policy.watch_seconds, fallback.channels,
    fallback.templates
FROM {schema}.notifications_policy policy
LEFT JOIN LATERAL (
    SELECT array_agg(channel.channel ORDER BY channel.position, channel.id) AS channels,
        array_agg(channel.template_id ORDER BY channel.position, channel.id) AS templates
    FROM {schema}.notifications_policychannel channel
    WHERE channel.policy_id = policy.id AND channel.fallback
) fallback ON true
WHERE policy.retry <> '{}'::jsonb OR policy.overrides <> '{}' OR policy.watch_seconds IS NOT NULL
    OR fallback.channels IS NOT NULL
"""

_kept: TimedCache[int, ByTopic] = TimedCache(seconds=2.0, size=10_000)


def kept(tenant: int) -> ByTopic | None:
    """What is known of a tenant, if it is fresh; else UNCOMMON asks for it, and `keep` reads it."""
    return _kept.peek(tenant)


def keep(tenant: int, rows: Rows) -> ByTopic:
    """What UNCOMMON answered, for those who have a round trip to the tenant in any case."""
    rules: ByTopic = {row[0]: _rules(row) for row in rows}
    _kept.put(tenant, rules)
    return rules


def forget() -> None:
    """Drops what is kept, so that the next call asks the database."""
    _kept.clear()


def _rules(row: Sequence[Any]) -> TopicRules:
    _, retry, overrides, watch_seconds, channels, templates = row
    return TopicRules(
        retry=retry if isinstance(retry, dict) else json.loads(retry),
        overrides=frozenset(overrides),
        watch_seconds=watch_seconds,
        fallbacks=tuple(zip(channels or (), templates or (), strict=True)),
    )
