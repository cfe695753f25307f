"""Deliveries made by fallback channels: quotas count them, though none refuses them."""

from collections import Counter, defaultdict
from collections.abc import Iterable

from django.db import transaction

from notifications import usage
from notifications.ledger import Ledger, of_tenant
from tenants.context import in_tenant
from tenants.identity import TenantIdentity


def tell(tenant: TenantIdentity, made: Iterable[tuple[str, str]]) -> None:
    """Tell the operators of quotas that come to their ends by deliveries counted just now.

    They are given as mode and channel. Two transactions that count at the same moment may each take
    the other for the one that tells; then it is told with the first refusal.
    """
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for mode, channel in made:
        counts[mode][channel] += 1
    if not counts or not tenant.limits.quotas:
        return
    with in_tenant(tenant), transaction.atomic():
        for mode, added in counts.items():
            ledger = Ledger(of_tenant(tenant, mode))
            ledger.added.update(added)
            ledger.tell_of_counted(usage.read(mode)[None])
