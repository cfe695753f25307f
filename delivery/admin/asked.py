"""What the list of notifications is asked for: its filters and its search box."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from delivery import history
from delivery.history import Filters
from delivery.history.filters import stored_form
from notifications.models import Delivery, Notification
from notifications.states import Shown, Status
from signalbus.bus.streams import Channel
from signalbus.panels.modes import mode_of

SPANS = {
    "hour": ("Last hour", timedelta(hours=1)),
    "day": ("Last 24 hours", timedelta(days=1)),
    "week": ("Last 7 days", timedelta(days=7)),
    "month": ("Last 30 days", timedelta(days=30)),
}
WORDS = ("topic", "recipient", "to", "provider", "error_class", "correlation_id")


class Asked(admin.SimpleListFilter):
    """A filter that only offers its values: `asked` reads all of them together."""

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset


class StatusFilter(Asked):
    title = "status"
    parameter_name = "status"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        return [(str(word), str(word)) for word in (*Status, *Shown)]


class ChannelFilter(Asked):
    title = "channel"
    parameter_name = "channel"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        return [(str(channel), str(channel)) for channel in Channel]


class SpanFilter(Asked):
    title = "time"
    parameter_name = "span"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        return [(name, title) for name, (title, _) in SPANS.items()]


def asked(request: HttpRequest, text: str) -> QuerySet[Notification]:
    """The notifications of the chosen mode that fit every filter and the searched text."""
    given = {name: request.GET.get(name) or None for name in (*WORDS, "status", "channel")}
    filters = Filters(**given, created_after=_since(request))
    rows = history.search(mode_of(request), filters)
    return rows.filter(_matches(text.strip())) if text.strip() else rows


def _since(request: HttpRequest) -> datetime | None:
    span = SPANS.get(request.GET.get("span", ""))
    return timezone.now() - span[1] if span else None


def _matches(text: str) -> Q:
    """Exact values of what has an index: ids, recipient, correlation id, address."""
    try:
        key = UUID(text)
    except ValueError:
        key = None
    found = Q(recipient_ref=text) | Q(correlation_id=text) if text else Q()
    if key:
        owners = Delivery.objects.filter(id=key).values("notification_id")
        return found | Q(id=key) | Q(id__in=owners)
    addressed = Delivery.objects.filter(address=stored_form(text)).values("notification_id")
    return found | Q(id__in=addressed)
