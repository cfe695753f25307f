"""The audit log in both consoles: for owners, to be looked at only."""

from datetime import timedelta
from typing import Any

from auditlog.models import LogEntry
from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from signalbus.console.history import act_of, gist_of
from signalbus.console.sites import platform
from signalbus.panels.bases import HistoryPanel, head
from signalbus.panels.words import ago, label, two_lines
from tenants.audit import reading
from tenants.audit.acts import Act
from tenants.audit.differences import differences

TITLE = "Audit log"
LIST = "auditlog_logentry_changelist"
SPANS = {"1": "The last 24 hours", "7": "The last 7 days", "30": "The last 30 days"}


class ActFilter(admin.SimpleListFilter):
    title = "act"
    parameter_name = "act"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(act.value, act.value) for act in Act]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(additional_data__act=self.value()) if self.value() else queryset


class KindFilter(admin.SimpleListFilter):
    title = "kind of object"
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return list(reading.kinds().items())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        kind = self.value()
        return queryset.filter(reading.of_kind(kind)) if kind else queryset


class TimeFilter(admin.SimpleListFilter):
    title = "time"
    parameter_name = "days"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return list(SPANS.items())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        days = self.value()
        if days not in SPANS:
            return queryset
        since = timezone.now() - timedelta(days=int(days))
        return queryset.filter(timestamp__gte=since)


class Chosen(admin.SimpleListFilter):
    """One whose value comes by a link: it shows what is chosen, and lets it go."""

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        value = request.GET.get(self.parameter_name or "")
        return [(value, value)] if value else []


class WhoFilter(Chosen):
    title = "who"
    parameter_name = "who"

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        name = self.value()
        return queryset.filter(reading.of_actor(name)) if name else queryset


class ObjectFilter(Chosen):
    """`policy:019…`, as the history of an object asks."""

    title = "object"
    parameter_name = "object"

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        kind, _, key = (self.value() or "").partition(":")
        if not kind:
            return queryset
        return queryset.filter(reading.of_object(kind, key))


class AuditPanel(HistoryPanel):
    """Who did what, and what it was before."""

    list_display = ("when", "what", "act", "who", "gist", "place")
    list_display_links = ("what",)
    list_filter = (ActFilter, KindFilter, TimeFilter, WhoFilter, ObjectFilter)
    search_fields = ("object_pk",)
    search_help_text = "The exact name of a user or key, or the id of an object or a request"
    change_form_template = "console/audit_entry.html"
    fields = ("id",)
    empty_title = "Nothing was changed yet"
    empty_text = "What people do in the console and by API keys is kept here."

    def get_queryset(self, request: HttpRequest) -> QuerySet[LogEntry]:
        return reading.all_entries()

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        term = search_term.strip().replace("\x00", "")
        found = reading.of_actor(term) | Q(object_pk=term) | Q(cid=term)
        return (queryset.filter(found) if term else queryset), False

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        return super().changelist_view(request, {"title": TITLE, **(extra_context or {})})

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        entry = context["original"]
        head(request, f"{act_of(entry)} {entry.object_repr}".strip(), reverse(f"admin:{LIST}"))
        context |= {
            "title": TITLE,
            "original": "",  # its own words are those of a package
            "entry": entry,
            "data": entry.additional_data or {},
            "kind": entry.content_type.model,
            "kind_name": entry.content_type.name,
            "differences": differences(entry.changes or {}),
            "object_page": _page_of(entry, request),
        }
        return super().render_change_form(request, context, *args, **kwargs)

    @admin.display(description="When")
    def when(self, entry: LogEntry) -> str:
        return ago(entry.timestamp)

    @admin.display(description="Object")
    def what(self, entry: LogEntry) -> SafeString:
        return two_lines(entry.object_repr or entry.content_type.name, entry.content_type.name)

    @admin.display(description="Act")
    def act(self, entry: LogEntry) -> str:
        return label(act_of(entry))

    @admin.display(description="Who")
    def who(self, entry: LogEntry) -> SafeString:
        data = entry.additional_data or {}
        return two_lines(data.get("actor", "-"), data.get("owner", ""))

    @admin.display(description="What changed")
    def gist(self, entry: LogEntry) -> SafeString:
        """The fields that changed, or what was told of the act."""
        return format_html('<span class="sb-quiet">{}</span>', gist_of(entry))

    @admin.display(description="From")
    def place(self, entry: LogEntry) -> str:
        return entry.remote_addr or "-"


def _page_of(entry: LogEntry, request: HttpRequest) -> str:
    """The object's own page, where this console has one and the user may look at it."""
    about = entry.content_type
    may = request.user.has_perm(f"{about.app_label}.view_{about.model}")
    if not (may and entry.object_pk and _is_there(entry)):
        return ""
    try:
        return reverse(f"admin:{about.app_label}_{about.model}_change", args=[entry.object_pk])
    except NoReverseMatch:
        return ""


def _is_there(entry: LogEntry) -> bool:
    model = entry.content_type.model_class()
    return model is not None and model._base_manager.filter(pk=entry.object_pk).exists()


for site in (admin.site, platform):
    site.register(LogEntry, AuditPanel)
