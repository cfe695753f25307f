"""What the platform's console shows beside tenants: their domains and keys, and the line."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from delivery.admin.platform_accounts import PlatformAccountPanel
from delivery.admin.stray_receipts import StrayPanel
from signalbus.bus.models import LinePause, OutboxEntry
from signalbus.console.entries import EntryPanel
from signalbus.console.of_tenants import OfTenants
from signalbus.console.sites import platform
from signalbus.panels.words import ago
from tenants.admin.platform import DomainPanel, OwnKeyPanel, PlatformKeyPanel
from tenants.models import ApiKey, Domain, PlatformAccount, PlatformKey, StrayReceipt


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


platform.register(Domain, DomainPanel)
platform.register(ApiKey, PlatformKeyPanel)
platform.register(PlatformKey, OwnKeyPanel)
platform.register(PlatformAccount, PlatformAccountPanel)
platform.register(StrayReceipt, StrayPanel)
platform.register(OutboxEntry, EntryPanel)
platform.register(LinePause, PausePanel)
