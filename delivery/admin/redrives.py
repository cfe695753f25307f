"""Redrives of many: how far they have come, and stopping them."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from delivery import redrives
from delivery.admin.actor import actor
from delivery.models import ProviderAccount, Redrive
from delivery.redrives import State
from signalbus.core import personal
from signalbus.panels.bases import HistoryPanel
from signalbus.panels.buttons import Button
from signalbus.panels.modes import OfMode
from signalbus.panels.words import ago, counted, label
from tenants.models import PlatformAccount

SOON = 2  # seconds between looks at one that goes on


def is_running(row: Redrive) -> bool:
    return _progress(row).state is State.RUNNING


class RedrivePanel(OfMode, HistoryPanel):
    """What was redriven by a filter. It begins on the page of dead letters."""

    list_display = ("begun", "what", "shown_status", "number", "done", "waiting", "rate", "actor")
    list_display_links = ("what",)
    fields = ("id",)
    change_form_template = "console/redrive.html"
    buttons = (
        Button(
            name="stop",
            title="Stop",
            icon="stop_circle",
            method="stop",
            shown=is_running,
            sure="What nobody has begun leaves the line and is as before. Stop it?",
        ),
    )
    empty_title = "No redrives"
    empty_text = "Redrive many dead letters at once from their list."
    empty_link = ("Dead letters", "admin:delivery_deadletter_changelist")

    def prepare_page(self, rows: Sequence[Any]) -> None:
        for row, progress in zip(rows, redrives.progress_of(rows), strict=True):
            row.progress = progress

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        row = context["original"]
        progress = _progress(row)
        context.update(
            progress=progress,
            refresh=SOON if progress.waiting else 0,
            counts=counted(redrives.counts_of(row)),
            which=self.what(row),
            rate=self.rate(row),
            account=account_name(row.account_id) if row.account_id else "any account",
        )
        return super().render_change_form(request, context, *args, **kwargs)

    def stop(self, request: HttpRequest, row: Redrive) -> str:
        stopped = redrives.stop(row.mode, row.id, actor(request))
        return f"Stopped: {stopped.stopped} as before; what is under way ends by itself."

    @admin.display(description="Begun")
    def begun(self, row: Redrive) -> str:
        return ago(row.created_at)

    @admin.display(description="What")
    def what(self, row: Redrive) -> SafeString:
        """The filter in words."""
        return filter_words(personal.value(row.filter))

    @admin.display(description="Status")
    def shown_status(self, row: Redrive) -> str:
        return label(_progress(row).state)

    @admin.display(description="Deliveries")
    def number(self, row: Redrive) -> int:
        return row.count

    @admin.display(description="Done")
    def done(self, row: Redrive) -> str:
        return f"{_progress(row).done} of {row.count - row.stopped}"

    @admin.display(description="Waiting")
    def waiting(self, row: Redrive) -> int:
        return _progress(row).waiting

    @admin.display(description="Rate")
    def rate(self, row: Redrive) -> str:
        return f"{row.rate_per_second:g} a second" if row.rate_per_second else "at once"


def filter_words(named: dict[str, Any]) -> SafeString:
    """What a redrive was chosen by, such as `channel email`."""
    pairs = ((name.replace("_", " "), value) for name, value in named.items())
    return format_html_join(" · ", '<span class="sb-quiet">{}</span> {}', pairs)


def account_name(key: UUID) -> str:
    """The account's name; its id where it is gone."""
    own = ProviderAccount.objects.filter(id=key).values_list("name", flat=True)
    shared = PlatformAccount.objects.filter(id=key).values_list("name", flat=True)
    return str(own.first() or shared.first() or key)


def _progress(row: Any) -> redrives.Progress:
    """Looked up once for a row."""
    if not hasattr(row, "progress"):
        (row.progress,) = redrives.progress_of([row])
    found: redrives.Progress = row.progress
    return found


admin.site.register(Redrive, RedrivePanel)
