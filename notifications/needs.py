"""What plans take from quotas and minutes, in all and of the keys that asked."""

from collections import Counter
from collections.abc import Iterable, Sequence
from uuid import UUID

from notifications.askers import Askers
from notifications.planning import Plan
from tenants.identity import KeyIdentity
from tenants.limits import ALL_CHANNELS


def need_of(plans: Iterable[Plan]) -> Counter[str]:
    """What plans count for: each delivery that is not skipped, and each notification with one."""
    need: Counter[str] = Counter()
    for plan in plans:
        channels = [each.channel for each in plan.decisions if not each.skip]
        need.update([*channels, ALL_CHANNELS] if channels else [])
    return need


def needs_of_keys(
    plans: Sequence[Plan], askers: Askers
) -> Iterable[tuple[KeyIdentity, Counter[str]]]:
    """The same of each key, as far as the plans are what it asked for."""
    found: dict[UUID, tuple[KeyIdentity, list[Plan]]] = {}
    for plan in plans:
        if key := askers.get(plan.asked.id):
            found.setdefault(key.id, (key, []))[1].append(plan)
    return [(key, need_of(own)) for key, own in found.values()]
