"""Notices: what was noticed by itself, and what somebody may have to lift."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html

from delivery.admin.actor import actor
from notifications.lifting import lift_notice
from notifications.models import Notice
from notifications.notices import Kind
from signalbus.panels.bases import HistoryPanel
from signalbus.panels.buttons import Button
from signalbus.panels.words import ago, code, label

MOST_SHOWN = 20


def is_open(notice: Notice) -> bool:
    return notice.lifted_at is None


class StateFilter(admin.SimpleListFilter):
    """Open ones unless all are asked for."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("all", "Open and lifted")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset if self.value() == "all" else queryset.filter(lifted_at=None)

    def choices(self, changelist: Any) -> Any:
        first, *others = super().choices(changelist)
        return [{**first, "display": "Open"}, *others]


class KindFilter(admin.SimpleListFilter):
    """The kinds that there are, whether they occur or not."""

    title = "kind"
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(kind.value, kind.value) for kind in Kind]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(kind=self.value()) if self.value() else queryset


class NoticePanel(HistoryPanel):
    """Lifting one lets go on what was stopped because of it."""

    list_display = ("shown_severity", "shown_kind", "shown_subject", "text", "since", "lifted")
    list_display_links = ("shown_kind",)
    list_filter = (StateFilter, KindFilter)
    fields = ("shown_severity", "shown_kind", "shown_subject", "text", "since", "lifted")
    readonly_fields = ("shown_severity", "shown_kind", "shown_subject", "since", "lifted")
    buttons = (
        Button(
            name="lift",
            title="Lift",
            icon="done",
            method="lift",
            shown=is_open,
            tone="good",
            sure="What was stopped because of it goes on. Was the cause mended?",
        ),
    )
    empty_title = "No notices"
    empty_text = "Quotas that run out, and lanes that were stopped, are told of here."

    def lift(self, request: HttpRequest, notice: Notice) -> str:
        lift_notice(notice.id, actor(request))
        return "It is lifted; what was stopped because of it goes on."

    @admin.display(description="Severity")
    def shown_severity(self, row: Notice) -> str:
        return label(row.severity)

    @admin.display(description="Kind")
    def shown_kind(self, row: Notice) -> str:
        return label(row.kind)

    @admin.display(description="About")
    def shown_subject(self, row: Notice) -> str:
        return code(row.subject)

    @admin.display(description="Since")
    def since(self, row: Notice) -> str:
        return ago(row.opened_at)

    @admin.display(description="Lifted")
    def lifted(self, row: Notice) -> str:
        if row.lifted_at is None:
            return "open"
        return format_html("{} by {}", ago(row.lifted_at), row.lifted_by or "itself")


@dataclass(frozen=True, slots=True)
class Banner:
    """An open notice on the start page; `lift` is the address to post to, if this user may."""

    notice: Notice
    link: str
    lift: str


def banners(request: HttpRequest) -> Sequence[Banner]:
    """The open notices, those that stopped something first."""
    found = Notice.objects.filter(lifted_at=None).order_by("severity", "-id")[:MOST_SHOWN]
    may_lift = request.user.has_perm("notifications.lift_notice")
    return [_banner(notice, may_lift) for notice in found]


def _banner(notice: Notice, may_lift: bool) -> Banner:
    link = reverse("admin:notifications_notice_change", args=[notice.id])
    return Banner(notice, link, f"{link.removesuffix('change/')}lift/" if may_lift else "")


admin.site.register(Notice, NoticePanel)
