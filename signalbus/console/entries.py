"""The outbox in the platform's console: what waits, what is under way, and until when."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.contrib.admin.utils import flatten
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.html import format_html

from signalbus.bus.models import OutboxEntry
from signalbus.bus.streams import STREAMS
from signalbus.console.backlog import backlog
from signalbus.console.of_tenants import OfTenants
from signalbus.panels.words import ago, code, label, pretty


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
    fields = (
        *("shown_id", ("tenant", "stream"), ("shown_purpose", "state"), ("due", "shown_reason")),
        *(("tries", "crashes"), "claimed", "kept_for", "generation", "shown_trace", "shown_body"),
    )
    readonly_fields = flatten(fields)
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

    @admin.display(description="Purpose")
    def shown_purpose(self, row: OutboxEntry) -> str:
        return label(row.purpose)

    @admin.display(description="Waits because")
    def shown_reason(self, row: OutboxEntry) -> str:
        return row.reason.replace("_", " ") or "-"

    @admin.display(description="Latest attempt")
    def claimed(self, row: OutboxEntry) -> str:
        return by(row.claim or row.claim_account, row.claimed_at)

    @admin.display(description="Kept for the account")
    def kept_for(self, row: OutboxEntry) -> str:
        return by(row.reserved_account, row.reserved_at)

    @admin.display(description="Trace")
    def shown_trace(self, row: OutboxEntry) -> str:
        return code(row.trace) if row.trace else "-"

    @admin.display(description="Body")
    def shown_body(self, row: OutboxEntry) -> str:
        return pretty(row.body) if row.body else "-"


def by(key: UUID | None, since: datetime | None) -> str:
    """An id with the moment since when it stands there."""
    return format_html("{} {}", code(str(key)), ago(since)) if key else "-"


def exactly(rows: QuerySet[Any], text: str) -> QuerySet[Any]:
    """The row with this UUID as its key; none where it is no UUID."""
    try:
        return rows.filter(pk=UUID(text.strip()))
    except ValueError:
        return rows.none()
