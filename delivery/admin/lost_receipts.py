"""What the pages of receipts without a delivery have in common: a tenant's, and the platform's."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar
from uuid import UUID

from django.conf import settings
from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from delivery.receipts.events import EventKind
from signalbus.core import personal
from signalbus.panels.bases import HistoryPanel
from signalbus.panels.words import ago, code, label, pretty

OVER = "no longer"


class KindFilter(admin.SimpleListFilter):
    """What receipts can say, whether it occurs or not."""

    title = "kind"
    parameter_name = "event"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(kind.value, kind.value.replace("_", " ")) for kind in EventKind]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(event=self.value()) if self.value() else queryset


class LostPanel(HistoryPanel):
    """Receipts without a delivery; the names of their accounts are fetched for a whole page."""

    list_display = ("received", "kind", "account", "shown_reference", "error", "looked_for")
    list_display_links = ("kind",)
    list_filter = (KindFilter,)
    list_before_template = "console/stray_receipts.html"
    search_fields = ("reference",)
    search_help_text = "Exact id of a message or event"
    fields: ClassVar[Sequence[str]] = (
        *("kind", "account", "shown_reference", "shown_event_id", "error", "words"),
        *("occurred", "received", "looked_for", "kept_until", "event_as_it_came"),
    )
    readonly_fields = fields

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        days = {"days": settings.RECEIPT_DAYS}
        return super().changelist_view(request, {**days, **(extra_context or {})})

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        return (matching(queryset, search_term.strip()) if search_term.strip() else queryset), False

    def prepare_page(self, rows: Any) -> None:
        names = self.names()
        for row in rows:
            row.account_name = names.get(row.account_id) or str(row.account_id)

    def names(self) -> Mapping[UUID, str]:
        """What the accounts are called that may occur."""
        raise NotImplementedError

    def received_at(self, row: Any) -> datetime:
        raise NotImplementedError

    def sought_until(self, row: Any) -> datetime | None:
        """Until when its delivery is looked for; None where that is over."""
        raise NotImplementedError

    @admin.display(description="Kind")
    def kind(self, row: Any) -> str:
        return label(row.event)

    @admin.display(description="Account")
    def account(self, row: Any) -> str:
        if not hasattr(row, "account_name"):
            self.prepare_page([row])
        return str(row.account_name)

    @admin.display(description="Message at the provider")
    def shown_reference(self, row: Any) -> str:
        return code(row.reference) if row.reference else "-"

    @admin.display(description="Event at the provider")
    def shown_event_id(self, row: Any) -> str:
        return code(row.event_id)

    @admin.display(description="Error")
    def error(self, row: Any) -> str:
        return label(row.error_class) if row.error_class else "-"

    @admin.display(description="Provider's words")
    def words(self, row: Any) -> str:
        return personal.words(" ".join(part for part in (row.code, row.detail) if part)) or "-"

    @admin.display(description="Happened")
    def occurred(self, row: Any) -> str:
        return ago(row.occurred_at)

    @admin.display(description="Received")
    def received(self, row: Any) -> str:
        return ago(self.received_at(row))

    @admin.display(description="Looked for until")
    def looked_for(self, row: Any) -> str:
        return ago(self.sought_until(row), OVER)

    @admin.display(description="Kept until")
    def kept_until(self, row: Any) -> str:
        return ago(self.received_at(row) + timedelta(days=settings.RECEIPT_DAYS))

    @admin.display(description="Event as it came")
    def event_as_it_came(self, row: Any) -> str:
        return pretty(personal.value(row.raw)) if row.raw else "-"


def matching(rows: QuerySet[Any], text: str) -> QuerySet[Any]:
    """Receipts of that message or event, by the provider's ids."""
    return rows.filter(Q(reference=text) | Q(event_id=text))
