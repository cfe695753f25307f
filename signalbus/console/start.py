"""The platform's start page: how the installation is, and who is held up."""

from typing import Any

from django.db.models import Count, Q
from django.db.models.functions import Now
from django.http import HttpRequest
from django.urls import reverse

from signalbus.bus.models import LinePause, OutboxEntry
from signalbus.console import condition
from signalbus.console.figures import Figure, bounded
from tenants.models import State, Tenant


def of_platform(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """The platform's start page."""
    return {
        **context,
        "figures": _platform_figures(),
        "readiness": condition.readiness(),
        "versions": condition.versions(),
        "troubled": condition.troubled(),
    }


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
            "Due in the line", bounded(due), "outbox", reverse("admin:bus_outboxentry_changelist")
        ),
        Figure(
            "Pauses",
            str(LinePause.objects.in_force().count()),
            "pause",
            reverse("admin:bus_linepause_changelist"),
        ),
    ]
