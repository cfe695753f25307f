"""What a topic's policy asks of delivering, as a value. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicRules:
    """What a topic's policy asks for.

    `retry` are the figures by name that take the place of the common ones (retry_rules.policy);
    `overrides` the reasons of suppressions that it is sent in spite of; `watch_seconds` how long
    it waits for a receipt of delivery, or None; `fallbacks` the channels to use where none came,
    with the ids of their templates, in the order in which they are used.
    """

    retry: Mapping[str, float] = field(default_factory=dict)
    overrides: frozenset[str] = frozenset()
    watch_seconds: int | None = None
    fallbacks: tuple[tuple[str, UUID], ...] = ()


ByTopic = Mapping[str, TopicRules]
COMMON = TopicRules()
