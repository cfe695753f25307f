"""Notifications: the list that operators search, and the page that tells what became of one."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html_join

from delivery import history, redrive
from delivery.admin.actor import actor
from delivery.admin.asked import ChannelFilter, SpanFilter, StatusFilter, asked
from delivery.admin.story import chip, labelled, story
from delivery.settling import Settled, settle
from notifications import cancel
from notifications.models import Notification
from notifications.states import REDRIVABLE, Status
from signalbus.api.problems import Problem
from signalbus.core import personal
from signalbus.core.errors import SignalbusError
from signalbus.panels.bases import HistoryPanel
from signalbus.panels.buttons import Button
from signalbus.panels.modes import OfMode
from signalbus.panels.pages import OpenChangeList
from signalbus.panels.words import ago, code

MAY_HAVE_ARRIVED = "An earlier attempt may have arrived, so what became of it is unknown."


def _has_redrivable(row: Notification) -> bool:
    """Whether a delivery could go out again, whatever the notification as a whole is."""
    return row.deliveries.filter(status__in=REDRIVABLE).exists()


def _has_unknown(row: Notification) -> bool:
    return row.deliveries.filter(status=Status.UNKNOWN).exists()


class NotificationList(OpenChangeList):
    """Rows come from the same search as the API's."""

    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> Any:
        super().get_queryset(request, exclude_parameters)
        return asked(request, self.query)

    def get_filters_params(self, params: dict[str, Any] | None = None) -> dict[str, Any]:
        known = super().get_filters_params(params)
        return {name: value for name, value in known.items() if name not in PLAIN}


PLAIN = frozenset({"topic", "recipient", "to", "provider", "error_class", "correlation_id"})


class NotificationPanel(OfMode, HistoryPanel):
    """What was asked, and what became of it. Nothing here can be edited."""

    list_display = ("made", "what", "whom", "shown_status", "deliveries", "correlation")
    list_display_links = ("what",)
    list_filter = (StatusFilter, ChannelFilter, SpanFilter)
    search_fields = ("id",)
    search_help_text = "Exact: id, recipient, address or correlation id; or a topic's beginning"
    actions = ("cancel_selected", "redrive_selected")
    change_form_template = "console/notification.html"
    fields = ("id",)
    buttons = (
        Button(
            name="cancel",
            title="Cancel",
            icon="cancel",
            method="cancel",
            shown=lambda row: row.status == Status.QUEUED,
            sure="What has not gone out yet will not go out. Cancel it?",
        ),
        Button(
            name="redrive",
            title="Redrive",
            icon="replay",
            method="redrive",
            tone="good",
            shown=_has_redrivable,
        ),
        *(
            Button(
                name=f"settle-{settled}",
                title=f"Settle as {settled}",
                icon="gavel",
                method=f"settle_as_{settled}",
                shown=_has_unknown,
                sure=f"Its outcome is unknown. Do you know that it was {settled}?",
            )
            for settled in Settled
        ),
    )
    empty_title = "No notifications here"
    empty_text = "Send one with the API, or try a policy with a test."
    empty_link = ("Send a test", "admin:notifications_policy_send_test")

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[OpenChangeList]:
        return NotificationList

    def prepare_page(self, rows: Sequence[Any]) -> None:
        for row, found in zip(rows, history.found(rows), strict=True):
            row.found = found

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        context.update(story(context["original"]))
        return super().render_change_form(request, context, *args, **kwargs)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Notification]:
        return super().get_queryset(request).select_related("recipient")

    def cancel(self, request: HttpRequest, row: Notification) -> str:
        ended = list(cancel.cancel(row.mode, row.id, actor(request)).values())
        told = f"Cancelled: {_counted(len(ended), 'delivery', 'deliveries')}."
        return f"{told} {MAY_HAVE_ARRIVED}" if Status.UNKNOWN in ended else told

    def redrive(self, request: HttpRequest, row: Notification) -> str:
        redriven = redrive.redrive(row.mode, [row.id], actor(request))
        if not redriven.count:
            raise SignalbusError(redriven.refused[0].reason)
        told = [f"In the line again: {_counted(redriven.count, 'delivery', 'deliveries')}."]
        return " ".join([*told, *(each.detail for each in redriven.left)])

    def settle_as_sent(self, request: HttpRequest, row: Notification) -> str:
        return _settle(request, row, Settled.SENT)

    def settle_as_delivered(self, request: HttpRequest, row: Notification) -> str:
        return _settle(request, row, Settled.DELIVERED)

    def settle_as_failed(self, request: HttpRequest, row: Notification) -> str:
        return _settle(request, row, Settled.FAILED)

    @admin.action(description="Cancel")
    def cancel_selected(self, request: HttpRequest, chosen: QuerySet[Notification]) -> None:
        done, refused = 0, []
        for mode, key in chosen.values_list("mode", "id"):
            try:
                cancel.cancel(mode, key, actor(request))
                done += 1
            except Problem as problem:
                refused.append(problem.detail)
        self._tell(request, "Cancelled", done, refused)

    @admin.action(description="Redrive")
    def redrive_selected(self, request: HttpRequest, chosen: QuerySet[Notification]) -> None:
        by_mode: dict[str, list[UUID]] = {}
        for mode, key in chosen.values_list("mode", "id"):
            by_mode.setdefault(mode, []).append(key)
        for mode, keys in by_mode.items():
            refused = redrive.redrive(mode, keys, actor(request)).refused
            reasons = [each.reason for each in refused]
            self._tell(request, "Redriven", len(keys) - len(refused), reasons)

    def _tell(self, request: HttpRequest, verb: str, done: int, refused: Sequence[str]) -> None:
        if done:
            messages.success(request, f"{verb}: {_counted(done, 'notification', 'notifications')}.")
        if refused:
            count = _counted(len(refused), "was", "were")
            messages.warning(request, f"{count} left as before: {refused[0]}")

    @admin.display(description="Accepted")
    def made(self, row: Any) -> str:
        return ago(row.created_at)

    @admin.display(description="Topic")
    def what(self, row: Any) -> str:
        return code(row.topic or "direct")

    @admin.display(description="Recipient")
    def whom(self, row: Any) -> str:
        return personal.words(row.recipient_ref) or "-"

    @admin.display(description="Status")
    def shown_status(self, row: Any) -> str:
        return labelled(row.found)

    @admin.display(description="Deliveries")
    def deliveries(self, row: Any) -> str:
        return format_html_join(
            " ", "{}", ((chip(row.found, each),) for each in row.found.deliveries)
        )

    @admin.display(description="Correlation id")
    def correlation(self, row: Any) -> str:
        return row.correlation_id or "-"


def _settle(request: HttpRequest, row: Notification, settled: Settled) -> str:
    done = settle(row.mode, row.id, settled, actor(request))
    return f"Settled as {settled}: {_counted(len(done), 'delivery', 'deliveries')}."


def _counted(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"


admin.site.register(Notification, NotificationPanel)
