"""What the platform's console shows beside tenants: their domains and keys, and the line."""

from typing import Any
from uuid import UUID

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path

from delivery.admin.platform_accounts import PlatformAccountPanel
from delivery.admin.stray_receipts import StrayPanel
from signalbus.bus.models import LinePause, OutboxEntry
from signalbus.bus.streams import STREAMS
from signalbus.console.backlog import backlog
from signalbus.console.sites import platform
from signalbus.panels.bases import HistoryPanel
from signalbus.panels.words import ago, code, label
from tenants.admin.platform import DomainPanel, OwnKeyPanel, PlatformKeyPanel
from tenants.models import ApiKey, Domain, PlatformAccount, PlatformKey, StrayReceipt, Tenant


class OfTenants(HistoryPanel):
    """Rows that carry a tenant's id; the names are fetched for a whole page at once."""

    def prepare_page(self, rows: Any) -> None:
        ids = {row.tenant_id for row in rows}
        found = dict(Tenant.objects.filter(id__in=ids).values_list("id", "name"))
        for row in rows:
            row.tenant_name = found.get(row.tenant_id) or f"#{row.tenant_id}"

    def get_object(self, request: HttpRequest, object_id: str, from_field: Any = None) -> Any:
        row = super().get_object(request, object_id, from_field)
        if row:
            self.prepare_page([row])
        return row

    @admin.display(description="Tenant")
    def tenant(self, row: Any) -> str:
        return str(row.tenant_name)


class StreamFilter(admin.SimpleListFilter):
    """The streams there are, without a look through all entries for those that occur."""

    title = "stream"
    parameter_name = "stream"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(stream, stream) for stream in STREAMS]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(stream=self.value()) if self.value() else queryset


class EntryPanel(OfTenants):
    """Entries of the outbox: what waits, what is under way, and until when."""

    list_display = ("shown_id", "tenant", "stream", "purpose", "state", "due", "tries", "reason")
    list_display_links = ("shown_id",)
    list_filter = (StreamFilter, "purpose", "published")
    search_fields = ("id",)
    search_help_text = "The id of a delivery"
    empty_title = "The line is empty"
    empty_text = "Everything that was accepted is settled."

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        return (exactly(queryset, search_term) if search_term else queryset), False

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.backlog)
        return [path("what-waits/", view, name="bus_backlog"), *super().get_urls()]

    def backlog(self, request: HttpRequest) -> HttpResponse:
        """Who waits for what, by tenant and stream."""
        context = {
            **self.admin_site.each_context(request),
            "title": "What waits",
            "backlog": backlog(),
        }
        return TemplateResponse(request, "console/backlog.html", context)

    @admin.display(description="Delivery")
    def shown_id(self, row: OutboxEntry) -> str:
        return code(str(row.id))

    @admin.display(description="State")
    def state(self, row: OutboxEntry) -> str:
        return label("sending" if row.claim else "published" if row.published else "queued")

    @admin.display(description="Due")
    def due(self, row: OutboxEntry) -> str:
        return ago(row.available_at)


class PausePanel(OfTenants):
    """Why lines stand still."""

    list_display = ("tenant", "shown_stream", "reason", "note", "for_how_long", "until_when")
    list_filter = ("reason",)
    fields = list_display
    readonly_fields = list_display
    empty_title = "Every line runs"
    empty_text = (
        "A line pauses when its tenant is suspended, when none of its accounts answers, "
        "and while a limit is met."
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[LinePause]:
        return super().get_queryset(request).in_force()

    @admin.display(description="Stream")
    def shown_stream(self, row: LinePause) -> str:
        return row.stream or "every stream"

    @admin.display(description="Since")
    def for_how_long(self, row: LinePause) -> str:
        return ago(row.since)

    @admin.display(description="Until", ordering="until")
    def until_when(self, row: LinePause) -> str:
        return ago(row.until, "somebody resumes it")


def exactly(rows: QuerySet[Any], text: str) -> QuerySet[Any]:
    """The row with this UUID as its key; none where it is no UUID."""
    try:
        return rows.filter(pk=UUID(text.strip()))
    except ValueError:
        return rows.none()


platform.register(Domain, DomainPanel)
platform.register(ApiKey, PlatformKeyPanel)
platform.register(PlatformKey, OwnKeyPanel)
platform.register(PlatformAccount, PlatformAccountPanel)
platform.register(StrayReceipt, StrayPanel)
platform.register(OutboxEntry, EntryPanel)
platform.register(LinePause, PausePanel)
