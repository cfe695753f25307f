"""What the list of notifications is asked for: its filters and its search box."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from delivery import history
from delivery.admin import topics
from delivery.history import Filters
from notifications.fields import stored_form
from notifications.models import Delivery, Notification
from notifications.states import Shown, Status
from signalbus.bus.streams import Channel
from signalbus.panels.modes import mode_of

SPANS = {
    "hour": ("Last hour", timedelta(hours=1)),
    "hours": ("Last 2 hours", timedelta(hours=2)),
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
    given: dict[str, Any] = {
        name: request.GET.get(name) or None for name in (*WORDS, "status", "channel")
    }
    filters = Filters(**given, created_after=_since(request))
    rows = history.search(mode_of(request), filters)
    return _searched(rows, text.strip()) if text.strip() else rows


def _since(request: HttpRequest) -> datetime | None:
    span = SPANS.get(request.GET.get("span", ""))
    return timezone.now() - span[1] if span else None


def _searched(rows: QuerySet[Notification], text: str) -> QuerySet[Notification]:
    """What has exactly that; where nothing has, what is of a topic that begins so."""
    if _matches(text)[:1]:
        return rows.filter(id__in=_matches(text))
    return rows.filter(topic__in=topics.beginning_with(text))


def _matches(text: str) -> QuerySet[Any]:
    """The ids of what has exactly this recipient, correlation id, address or id.

    A union, since each part has an index of its own, which the planner leaves alone for an OR.
    """
    first, *others = [rows.order_by() for rows in _parts(text)]
    return first.union(*others, all=True)


def _parts(text: str) -> Iterable[QuerySet[Any]]:
    yield Notification.objects.filter(recipient_ref=text).values("id")
    yield Notification.objects.filter(correlation_id=text).exclude(correlation_id="").values("id")
    yield Delivery.objects.filter(address=stored_form(text)).values("notification_id")
    try:
        key = UUID(text)
    except ValueError:
        return
    yield Notification.objects.filter(id=key).values("id")
    yield Delivery.objects.filter(id=key).values("notification_id")
