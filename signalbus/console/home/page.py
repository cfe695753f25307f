"""What the page shows, put together."""

from typing import Any

from django.http import HttpRequest

from delivery import history
from delivery.admin.notices import banners
from delivery.admin.story import chip, labelled
from delivery.history import Filters
from notifications.models import Notification
from signalbus.console import usage
from signalbus.console.home.figures import figures
from signalbus.console.home.steps import steps
from signalbus.panels.modes import LIVE

NEWEST = 8


def of_tenant(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """A tenant's start page: live only, like the list that its numbers lead to."""
    newest = history.found(list(history.search(LIVE, Filters())[:NEWEST]))
    has_any = bool(newest) or Notification.objects.exists()
    return {
        **context,
        "banners": banners(request),
        "figures": figures(),
        "newest": [
            (found, labelled(found), [chip(found, each) for each in found.deliveries])
            for found in newest
        ],
        "has_any": has_any,
        "usage": usage.rows(request.tenant) if has_any else [],  # type: ignore[attr-defined]
        "steps": [] if has_any else steps(request),
    }
