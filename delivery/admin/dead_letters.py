"""Dead letters: what gave up and waits for somebody."""

from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html

from delivery import dead_letters, errors, redrive
from delivery.admin import topics
from delivery.admin.actor import actor
from delivery.admin.redrive_many import RedriveMany
from delivery.errors import ErrorClass
from delivery.models import DeadLetter
from signalbus.core import personal
from signalbus.core.errors import SignalbusError
from signalbus.panels.bases import HistoryPanel
from signalbus.panels.buttons import Button
from signalbus.panels.modes import OfMode
from signalbus.panels.words import ago, code, label


def state_of(letter: DeadLetter) -> str:
    """Whether somebody still has to look at it."""
    if letter.redriven_at:
        return "redriven"
    return "acknowledged" if letter.acknowledged_at else "open"


def is_open(letter: DeadLetter) -> bool:
    return state_of(letter) == "open"


class StateFilter(admin.SimpleListFilter):
    """Open ones unless all are asked for."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("all", "Open and done")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "all":
            return queryset
        return queryset.filter(acknowledged_at=None, redriven_at=None)

    def choices(self, changelist: Any) -> Any:
        first, *others = super().choices(changelist)
        return [{**first, "display": "Open"}, *others]


class ErrorFilter(admin.SimpleListFilter):
    """The classes of the table, without a look through all letters for those that occur."""

    title = "error"
    parameter_name = "error_class"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(str(each), str(each).replace("_", " ")) for each in ErrorClass]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(error_class=self.value()) if self.value() else queryset


class DeadLetterPanel(RedriveMany, OfMode, HistoryPanel):
    """Redriving a letter redrives its notification; acknowledging takes it off the list."""

    list_display = ("since", "what", "shown_channel", "error", "words", "tries", "state")
    list_display_links = ("what",)
    list_filter = (StateFilter, "channel", ErrorFilter)
    search_fields = ("notification_id",)
    search_help_text = "Exact id of a notification or delivery, or a topic's beginning"
    fields = (
        "state",
        "what",
        "notification",
        "shown_channel",
        "provider",
        "error",
        "shown_code",
        "words",
        "advice",
        "attempts",
        "since",
        "acknowledged_by",
    )
    readonly_fields = (
        *("state", "what", "notification", "shown_channel", "error", "shown_code", "words"),
        *("advice", "since"),
    )
    actions = ("redrive_selected", "acknowledge_selected")
    buttons = (
        Button(
            name="redrive",
            title="Redrive",
            icon="replay",
            method="redrive",
            shown=is_open,
            tone="good",
        ),
        Button(
            name="acknowledge",
            title="Acknowledge",
            icon="done",
            method="acknowledge",
            shown=is_open,
        ),
    )
    empty_title = "No dead letters"
    empty_text = "Deliveries that give up after all their tries wait here for somebody."

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[DeadLetter], search_term: str
    ) -> tuple[QuerySet[DeadLetter], bool]:
        return (matching(queryset, search_term.strip()) if search_term.strip() else queryset), False

    def redrive(self, request: HttpRequest, letter: DeadLetter) -> str:
        redriven = redrive.redrive(letter.mode, [letter.notification_id], actor(request))
        if not redriven.count:
            raise SignalbusError(redriven.refused[0].reason)
        return "Its notification is in the line again."

    def acknowledge(self, request: HttpRequest, letter: DeadLetter) -> str:
        dead_letters.acknowledge([letter.id], actor(request))
        return "It is off the list; the notification's history keeps it."

    @admin.action(description="Redrive")
    def redrive_selected(self, request: HttpRequest, chosen: QuerySet[DeadLetter]) -> None:
        by_mode: dict[str, set[Any]] = {}
        for mode, notification in chosen.values_list("mode", "notification_id"):
            by_mode.setdefault(mode, set()).add(notification)
        for mode, notifications in by_mode.items():
            done = redrive.redrive(mode, sorted(notifications), actor(request))
            self.message_user(request, f"{done.count} in the line again.")
            for detail in dict.fromkeys(each.detail for each in done.left):
                self.message_user(request, detail, messages.WARNING)

    @admin.action(description="Acknowledge")
    def acknowledge_selected(self, request: HttpRequest, chosen: QuerySet[DeadLetter]) -> None:
        keys = list(chosen.values_list("id", flat=True))
        taken = dead_letters.acknowledge(keys, actor(request))
        self.message_user(request, f"{len(taken)} acknowledged.")

    @admin.display(description="Gave up")
    def since(self, row: DeadLetter) -> str:
        return ago(row.created_at)

    @admin.display(description="Topic")
    def what(self, row: DeadLetter) -> str:
        return code(row.topic or "direct")

    @admin.display(description="Notification")
    def notification(self, row: DeadLetter) -> str:
        url = reverse("admin:notifications_notification_change", args=[row.notification_id])
        return format_html('<a class="sb-link" href="{}">{}</a>', url, row.notification_id)

    @admin.display(description="Channel")
    def shown_channel(self, row: DeadLetter) -> str:
        return label(row.channel)

    @admin.display(description="Error")
    def error(self, row: DeadLetter) -> str:
        return label(row.error_class) if row.error_class else "-"

    @admin.display(description="Provider's code")
    def shown_code(self, row: DeadLetter) -> str:
        return row.code or "-"

    @admin.display(description="Provider's words")
    def words(self, row: DeadLetter) -> str:
        return personal.words(row.reason) or "-"

    @admin.display(description="What to do")
    def advice(self, row: DeadLetter) -> str:
        return errors.advice(row.error_class) or "-"

    @admin.display(description="Tries")
    def tries(self, row: DeadLetter) -> int:
        return row.attempts

    @admin.display(description="State")
    def state(self, row: DeadLetter) -> str:
        return label(state_of(row))


def matching(rows: QuerySet[DeadLetter], text: str) -> QuerySet[DeadLetter]:
    """Letters of a notification, a delivery, or the topics that begin so."""
    try:
        key = UUID(text)
    except ValueError:
        return rows.filter(topic__in=topics.beginning_with(text))
    return rows.filter(Q(notification_id=key) | Q(delivery_id=key) | Q(id=key))


admin.site.register(DeadLetter, DeadLetterPanel)
