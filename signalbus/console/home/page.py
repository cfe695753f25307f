"""What the page shows, put together."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from delivery import history
from delivery.admin.notices import banners
from delivery.admin.story import chip, labelled
from delivery.history import Filters
from delivery.statistics import reading
from notifications.models import Notification
from signalbus.console import usage
from signalbus.console.home.failures import failures
from signalbus.console.home.figures import figures
from signalbus.console.home.line import waiting
from signalbus.console.home.outcomes import OUTCOMES
from signalbus.console.home.panels import panels
from signalbus.console.home.providers import providers
from signalbus.console.home.spans import SPANS, chosen
from signalbus.console.home.steps import steps
from signalbus.panels.modes import LIVE
from tenants.identity import TenantIdentity

NEWEST = 8
SECONDS = 10  # between looks at what is new
PART = "X-Signalbus-Part"  # the script asks by it for the page without what stands around it
FRAME, NO_FRAME = "admin/base_site.html", "console/part.html"


def of_tenant(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """A tenant's start page: live only, like the lists that its numbers lead to."""
    newest = _newest()
    is_live = bool(newest)
    tenant: TenantIdentity = request.tenant  # type: ignore[attr-defined]
    return {
        **context,
        "frame": NO_FRAME if PART in request.headers else FRAME,
        "refresh": SECONDS,
        "now": timezone.now(),
        "banners": banners(request),
        "newest": newest,
        "steps": [] if is_live else steps(request),
        **(_working(request, tenant) if is_live or Notification.objects.exists() else {}),
    }


def _working(request: HttpRequest, tenant: TenantIdentity) -> dict[str, Any]:
    """What there is to see once anything was sent."""
    span = chosen(request)
    period = span.period(timezone.now())
    counts = reading.counts(LIVE, period)
    line = waiting(tenant)
    return {
        "has_any": True,
        "figures": figures(line),
        "line": line,
        "span": span,
        "spans": SPANS,
        "period": period,
        "outcomes": OUTCOMES,
        "panels": panels(counts, span, period),
        "failures": failures(counts, span),
        "providers": providers(tenant),
        "usage": usage.rows(tenant),
    }


def _newest() -> list[tuple[Any, ...]]:
    return [
        (found, labelled(found), [chip(found, each) for each in found.deliveries])
        for found in history.found(list(history.search(LIVE, Filters())[:NEWEST]))
    ]
