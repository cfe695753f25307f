"""How it stands with many tenants: what waits, what holds it up, what was used this month.

A few statements and one round trip for a whole page, however many tenants there are.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from notifications.usage_of_many import Month, months
from signalbus.bus.models import Line
from signalbus.bus.waiting import Waiting, waiting_of
from tenants.identity import identity_of
from tenants.models import State, Tenant


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Of one tenant; `month` is None where it could not be read."""

    waiting: Waiting
    weights: Mapping[str, int]
    month: Month | None


def figures_of(tenants: Sequence[Tenant]) -> dict[int, Figures]:
    """Each tenant's figures."""
    ids = [tenant.pk for tenant in tenants]
    waiting, weights = waiting_of(ids), _weights(ids)
    used = months([identity_of(each) for each in tenants if each.state != State.DELETING])
    return {
        key: Figures(waiting=waiting[key], weights=weights[key], month=used.get(key)) for key in ids
    }


def _weights(ids: Sequence[int]) -> Mapping[int, Mapping[str, int]]:
    found: defaultdict[int, dict[str, int]] = defaultdict(dict)
    for line in Line.objects.filter(tenant_id__in=ids).order_by("stream"):
        found[line.tenant_id][line.stream] = line.weight
    return found
