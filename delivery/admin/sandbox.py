"""The sandbox: what the simulator took, as it would have gone out."""

from typing import Any
from uuid import UUID

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse

from delivery.models import SandboxMessage
from signalbus.core import personal
from signalbus.panels.bases import HistoryPanel
from signalbus.panels.modes import TEST, OfMode
from signalbus.panels.words import ago, label


class SandboxPanel(OfMode, HistoryPanel):
    """Rendered messages; live ones are there where an account of kind simulator took them."""

    first_mode = TEST
    list_display = ("sent", "shown_channel", "to", "gist", "sender")
    list_display_links = ("to",)
    list_filter = ("channel",)
    search_fields = ("address",)
    search_help_text = "The exact address, or the id of a notification"
    change_form_template = "console/sandbox_message.html"
    fields = ("address",)
    empty_title = "The sandbox is empty"
    empty_text = (
        "What a test key sends shows here instead of going out; below Live, what an account of the "
        "kind simulator took."
    )
    empty_link = ("Send a test", "admin:notifications_policy_send_test")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        term = search_term.strip()
        return (queryset.filter(_matches(term)) if term else queryset), False

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        context["message"] = masked(context["original"])
        return super().render_change_form(request, context, *args, **kwargs)

    @admin.display(description="Taken")
    def sent(self, row: SandboxMessage) -> str:
        return ago(row.created_at)

    @admin.display(description="Channel")
    def shown_channel(self, row: SandboxMessage) -> str:
        return label(row.channel)

    @admin.display(description="Address")
    def to(self, row: SandboxMessage) -> str:
        return personal.address(row.address)

    @admin.display(description="Message")
    def gist(self, row: SandboxMessage) -> str:
        text = personal.content(row.subject or row.text, personal.HIDDEN)
        return text[:80] + ("…" if len(text) > 80 else "")


def masked(row: SandboxMessage) -> SandboxMessage:
    """The message as whoever asks may see it."""
    if not personal.sees():
        row.address = personal.address(row.address)
        row.subject, row.text, row.html, row.headers = "", personal.HIDDEN, "", {}
    return row


def _matches(term: str) -> Q:
    try:
        return Q(notification_id=UUID(term))
    except ValueError:
        return Q(address__in={term, term.lower()})


admin.site.register(SandboxMessage, SandboxPanel)
