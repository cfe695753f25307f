"""Search over notifications, quick with millions of them: each filter has its index.

Times are turned into ranges of ids (UUIDv7), so that they limit the scan of any index, all of
which end with the id. Filters on deliveries become one EXISTS, for which the planner chooses
between probing the newest notifications and starting from the deliveries that match.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Now

from delivery.history.filters import Filters
from notifications.fields import stored_form
from notifications.models import Delivery, Notification
from notifications.states import Shown, Status
from signalbus.bus.models import OutboxEntry
from signalbus.core.ids import lowest_id_at

# How much earlier or later than its row an id may be made: clocks differ, and requests wait.
LEEWAY = timedelta(minutes=5)
YEARS_OF_IDS = range(2000, 3000)

WAITING = Q(claim=None, published=False, available_at__gt=Now())
# What the entry of a delivery that is shown so looks like.
ENTRIES: dict[str, Q] = {
    Shown.SENDING: Q(claim__isnull=False),
    Shown.HELD: WAITING & Q(tries=0),
    Shown.RETRYING: WAITING & Q(tries__gt=0),
}
OF_NOTIFICATION = {
    "topic": "topic",
    "recipient": "recipient_ref",
    "correlation_id": "correlation_id",
    "batch": "batch",
}
OF_DELIVERY = {"channel": "channel", "provider": "provider", "error_class": "error_class"}


def search(mode: str | None, filters: Filters) -> QuerySet[Notification]:
    """The notifications that fit, newest first; of both modes where `mode` is None."""
    rows = Notification.objects.filter(
        _of_notification(filters), **({"mode": mode} if mode else {})
    )
    wanted = _of_delivery(filters)
    if wanted:
        rows = rows.filter(Exists(Delivery.objects.filter(wanted, notification=OuterRef("id"))))
    return rows.order_by("-id")


def _of_notification(filters: Filters) -> Q:
    wanted = _exactly(filters, OF_NOTIFICATION)
    wanted &= created(filters.created_after, filters.created_before)
    if filters.status in ENTRIES:
        return wanted & Q(status=Status.QUEUED)
    return wanted & Q(status=filters.status) if filters.status else wanted


def created(after: datetime | None, before: datetime | None, of: str = "") -> Q:
    """Accepted in that span; `of` leads from the rows to their notification, as in `a__b__`."""
    wanted = Q()
    if after:
        wanted &= Q(**{f"{of}created_at__gte": after})
        wanted &= ids(f"{of}id__gte", after, -LEEWAY)
    if before:
        wanted &= Q(**{f"{of}created_at__lt": before})
        wanted &= ids(f"{of}id__lt", before, LEEWAY)
    return wanted


def ids(lookup: str, moment: datetime, leeway: timedelta) -> Q:
    """The range of ids that a time means; none for years in which there are no ids."""
    if moment.year not in YEARS_OF_IDS:
        return Q()
    return Q(**{lookup: lowest_id_at(moment + leeway)})


def _of_delivery(filters: Filters) -> Q:
    wanted = _exactly(filters, OF_DELIVERY)
    if filters.to:
        wanted &= Q(address=stored_form(filters.to))
    if filters.status in ENTRIES:
        entries = OutboxEntry.objects.filter(ENTRIES[filters.status], id=OuterRef("id"))
        wanted &= Q(Exists(entries), status=Status.QUEUED)
    return wanted


def _exactly(filters: Filters, columns: dict[str, str]) -> Q:
    given: dict[str, Any] = {name: getattr(filters, name) for name in columns}
    return Q(**{columns[name]: value for name, value in given.items() if value is not None})
