"""The start pages: what needs somebody, what happened last, and what to do first."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Now
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from delivery import history
from delivery.admin.notices import banners
from delivery.admin.story import chip, labelled
from delivery.history import Filters
from delivery.inherited import inherited_by
from delivery.models import ProviderAccount
from notifications.models import Delivery, Notification
from notifications.states import Status
from signalbus.bus.models import LinePause, OutboxEntry
from signalbus.bus.streams import Channel
from signalbus.console import condition, usage
from signalbus.console.gate import may_open
from signalbus.console.navigation import open_dead_letters
from signalbus.core.ids import lowest_id_at
from signalbus.panels.modes import LIVE
from tenants.models import ApiKey, State, Tenant

NEWEST = 8
MOST_COUNTED = 999
WINDOW = timedelta(hours=24)
TROUBLE = ("failed", "dead", "bounced", "unknown")


@dataclass(frozen=True, slots=True)
class Figure:
    """A number with its meaning, and where it leads."""

    title: str
    value: str
    icon: str
    link: str
    is_bad: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """Something to do once, for those whose role opens its page."""

    title: str
    text: str
    page: str
    is_done: bool

    @property
    def link(self) -> str:
        return reverse(f"admin:{self.page}")


def of_tenant(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """A tenant's start page: live only, like the list that its numbers lead to."""
    newest = history.found(list(history.search(LIVE, Filters())[:NEWEST]))
    has_any = bool(newest) or Notification.objects.exists()
    return {
        **context,
        "banners": banners(request),
        "figures": _figures(),
        "newest": [
            (found, labelled(found), [chip(found, each) for each in found.deliveries])
            for found in newest
        ],
        "has_any": has_any,
        "usage": usage.rows(request.tenant) if has_any else [],  # type: ignore[attr-defined]
        "steps": [] if has_any else _steps(request),
    }


def of_platform(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """The platform's start page."""
    return {
        **context,
        "figures": _platform_figures(),
        "readiness": condition.readiness(),
        "versions": condition.versions(),
        "troubled": condition.troubled(),
    }


def _figures() -> list[Figure]:
    since = lowest_id_at(timezone.now() - WINDOW)
    recent = Notification.objects.filter(id__gte=since, mode=LIVE)
    listing = reverse("admin:notifications_notification_changelist")
    waiting = open_dead_letters()
    return [
        Figure("Live notifications in 24 h", _bounded(recent), "notifications", listing),
        Figure(
            "Live deliveries that are open", _open(), "hourglass_top", f"{listing}?status=queued"
        ),
        Figure(
            "Live troubles in 24 h",
            _bounded(_troubled(since)),
            "warning",
            f"{listing}?status=failed",
        ),
        Figure(
            "Live outcomes unknown",
            _bounded(Notification.objects.filter(mode=LIVE, status=Status.UNKNOWN)),
            "help",
            f"{listing}?status=unknown",
        ),
        Figure(
            "Open live dead letters",
            waiting or "0",
            "error",
            reverse("admin:delivery_deadletter_changelist"),
            is_bad=bool(waiting),
        ),
    ]


def _troubled(since: UUID) -> QuerySet[Delivery]:
    """All channels are named so that the index of channel, status and id serves."""
    return Delivery.objects.filter(
        id__gte=since, channel__in=list(Channel), status__in=TROUBLE, mode=LIVE
    )


def _open() -> str:
    """Queued, held, retrying and sending together: what the list's filter `queued` shows."""
    return _bounded(
        Delivery.objects.filter(channel__in=list(Channel), status=Status.QUEUED, mode=LIVE)
    )


def _bounded(rows: Any) -> str:
    """How many, counted up to a limit so that the page stays quick with millions."""
    count = len(rows.order_by().values_list("pk")[: MOST_COUNTED + 1])
    return f"{MOST_COUNTED}+" if count > MOST_COUNTED else str(count)


def _steps(request: HttpRequest) -> list[Step]:
    tenant = request.tenant  # type: ignore[attr-defined]
    steps = [
        Step(
            "Connect a provider",
            "An account says which service sends e-mail or SMS; the simulator needs none.",
            "delivery_provideraccount_add",
            ProviderAccount.objects.exists() or inherited_by(tenant).exists(),
        ),
        Step(
            "Send yourself a test",
            "Try a policy with your own address; nothing leaves in test mode.",
            "notifications_policy_send_test",
            False,
        ),
        Step(
            "Make an API key",
            "Your application sends with it.",
            "tenants_apikey_add",
            ApiKey.objects.filter(tenant_id=tenant.id).exists(),
        ),
    ]
    return [step for step in steps if may_open(request, step.page)]


def _platform_figures() -> list[Figure]:
    tenants = Tenant.objects.aggregate(
        active=Count("id", filter=Q(state=State.ACTIVE)),
        suspended=Count("id", filter=Q(state=State.SUSPENDED)),
        spare=Count("id", filter=Q(state=State.SPARE)),
    )
    due = OutboxEntry.objects.filter(published=False, available_at__lte=Now())
    listing = reverse("admin:tenants_tenant_changelist")
    return [
        Figure("Active tenants", str(tenants["active"]), "apartment", f"{listing}?state=active"),
        Figure(
            "Suspended", str(tenants["suspended"]), "pause_circle", f"{listing}?state=suspended"
        ),
        Figure("Spare schemas ready", str(tenants["spare"]), "inventory_2", listing),
        Figure(
            "Due in the line", _bounded(due), "outbox", reverse("admin:bus_outboxentry_changelist")
        ),
        Figure(
            "Pauses",
            str(LinePause.objects.in_force().count()),
            "pause",
            reverse("admin:bus_linepause_changelist"),
        ),
    ]
