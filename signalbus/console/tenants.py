"""Tenants in the platform's console, with what waits, what holds it up, and what was used."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html_join

from signalbus.bus.lines_sql import SOFT
from signalbus.bus.waiting import Pause
from signalbus.console.sites import platform
from signalbus.panels.words import ago, facts, label, two_lines
from signalbus.platform_api.figures import Figures, figures_of
from tenants.admin.platform import TenantPanel
from tenants.models import Tenant

UNREAD = "could not be read"


class TenantsPanel(TenantPanel):
    """A page takes a few statements and one round trip, however many tenants stand on it."""

    list_display = ("name", "shown_state", "waiting", "oldest", "health", "month", "hosts", "made")
    readonly = (*TenantPanel.readonly, "waiting", "oldest", "health", "month", "weights")
    fields = (*readonly, *TenantPanel.fields[len(TenantPanel.readonly) :])

    def prepare_page(self, rows: Sequence[Any]) -> None:
        figures = figures_of(rows)
        for row in rows:
            row.figures = figures[row.pk]

    def get_object(self, request: HttpRequest, object_id: str, from_field: Any = None) -> Any:
        row = super().get_object(request, object_id, from_field)
        if row:
            self.prepare_page([row])
        return row

    @admin.display(description="Waits")
    def waiting(self, tenant: Any) -> str:
        found = _figures(tenant).waiting
        return f"{found.due:,}{'+' if found.has_more else ''}" if found.due else "-"

    @admin.display(description="Oldest waiting")
    def oldest(self, tenant: Any) -> str:
        return ago(_figures(tenant).waiting.oldest)

    @admin.display(description="Lines")
    def health(self, tenant: Any) -> str:
        pauses = _figures(tenant).waiting.pauses
        if not pauses:
            return label("ok")
        return format_html_join("", "{}", ((_shown(each),) for each in pauses))

    @admin.display(description="Accepted this month")
    def month(self, tenant: Any) -> str:
        month = _figures(tenant).month
        if month is None:
            return UNREAD
        channels = ", ".join(
            f"{count:,} {name}" for name, count in sorted(month.deliveries.items())
        )
        return two_lines(f"{month.notifications:,}", channels) if channels else "-"

    @admin.display(description="Weights")
    def weights(self, tenant: Any) -> str:
        return facts(_figures(tenant).weights.items())


def _figures(tenant: Any) -> Figures:
    found: Figures = tenant.figures
    return found


def _shown(pause: Pause) -> str:
    word = "held" if pause.reason in SOFT else "paused"
    why = pause.reason.replace("_", " ")
    return two_lines(label(word, pause.note), f"{pause.stream or 'every stream'}: {why}")


platform.register(Tenant, TenantsPanel)
