"""Rows of tenants as the answers that the platform's API gives."""

from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse

from notifications.usage_of_many import Month
from signalbus.bus.waiting import Pause, Waiting
from signalbus.core.scrubbing import scrub
from signalbus.platform_api.figures import Figures, figures_of
from signalbus.platform_api.shapes import BacklogOut, MonthOut, PauseOut, TenantOut, WaitingLineOut
from tenants.models import Domain, Tenant

PLAIN = (
    "id",
    "name",
    "state",
    "default_locale",
    "time_zone",
    "idempotency_hours",
    "inherits_accounts",
    "two_factor_required",
    "limits",
    "delete_at",
    "created_at",
)


def shown(tenants: Sequence[Tenant]) -> list[TenantOut]:
    """Tenants whose domains are at hand, in order."""
    figures = figures_of(tenants)
    return [TenantOut(**members(tenant, figures[tenant.pk])) for tenant in tenants]


def members(tenant: Tenant, figures: Figures) -> dict[str, Any]:
    """The members of a TenantOut."""
    hosts = hosts_of(tenant.domains.all())
    return {
        **{name: getattr(tenant, name) for name in PLAIN},
        "schema": tenant.schema_name,
        "suspension_reason": tenant.suspension_reason or None,
        "console_url": address(hosts[0], "admin:index") if hosts else None,
        "domains": hosts,
        "weights": dict(figures.weights),
        "backlog": _backlog(figures.waiting),
        "pauses": [_pause(each) for each in figures.waiting.pauses],
        "usage": _usage(figures.month),
    }


def hosts_of(domains: Iterable[Domain]) -> list[str]:
    """Host names, the primary one first."""
    ordered = sorted(domains, key=lambda each: (not each.is_primary, each.pk))
    return [domain.domain for domain in ordered]


def address(host: str, page: str, *arguments: Any) -> str:
    """Where a page of the console at that host is, by scheme and port of the installation's."""
    base = urlsplit(settings.BASE_URL)
    port = f":{base.port}" if base.port else ""
    return f"{base.scheme}://{host}{port}{reverse(page, args=arguments)}"


def _backlog(waiting: Waiting) -> BacklogOut:
    lines = [
        WaitingLineOut(stream=line.stream, due=line.due, oldest_due_at=line.oldest)
        for line in waiting.lines
    ]
    return BacklogOut(
        due=waiting.due, has_more=waiting.has_more, oldest_due_at=waiting.oldest, lines=lines
    )


def _pause(pause: Pause) -> PauseOut:
    return PauseOut(
        stream=pause.stream or None,
        reason=pause.reason,
        note=scrub(pause.note) or None,
        since=pause.since,
        until=pause.until,
    )


def _usage(month: Month | None) -> MonthOut | None:
    if month is None:
        return None
    return MonthOut(notifications=month.notifications, deliveries=dict(month.deliveries))
