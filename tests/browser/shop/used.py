"""What was accepted, counted as quotas count it."""

from collections import Counter
from collections.abc import Mapping
from datetime import date

from notifications import usage
from notifications.models import Delivery, Notification
from tenants.limits import ALL_CHANNELS


def count() -> Mapping[tuple[str, date], Counter[str]]:
    """Count all that the tenant has, by mode, day and channel; returns what was counted."""
    counts: dict[tuple[str, date], Counter[str]] = {}
    rows = [*Notification.objects.all(), *Delivery.objects.all()]
    for row in rows:
        counted = counts.setdefault((row.mode, row.created_at.date()), Counter())
        counted[getattr(row, "channel", ALL_CHANNELS)] += 1
    for (mode, day), numbers in counts.items():
        usage.add(mode, numbers, day)
    return counts
