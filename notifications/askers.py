"""Who asks, where that matters: the keys that have quotas, or minutes by channel, of their own."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from uuid import UUID

from notifications.values import Asked
from tenants.identity import KeyIdentity

Askers = Mapping[UUID, KeyIdentity]  # by the id of what they asked for
NOBODY: Askers = MappingProxyType({})


def limited(asked: Iterable[tuple[Asked, KeyIdentity | None]]) -> Askers:
    """The keys whose deliveries are counted, of all that asked; none for people in a console."""
    return {each.id: key for each, key in asked if key and key.limits.count_deliveries}
