"""Bases of the consoles' admin classes. They hold no rules: they call what the API calls."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.contrib.admin.options import ShowFacets
from django.contrib.admin.utils import unquote
from django.contrib.admin.views.main import ERROR_FLAG
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.text import capfirst
from unfold.admin import ModelAdmin

from signalbus.panels.buttons import Buttons
from signalbus.panels.pages import OpenChangeList, PanelList, parameters_of

AUDIT = "auditlog.view_logentry"


def head(request: HttpRequest, title: str, above: str = "") -> None:
    """What the head of the page says after the name of the list, and where its arrow leads."""
    request.page_title = title  # type: ignore[attr-defined]
    request.page_above = above  # type: ignore[attr-defined]


def verb_of(action: str) -> str:
    """What an action such as `redrive_selected` does to each row: the same as the button."""
    return action.removesuffix("_selected")


def _forget_error(request: HttpRequest) -> None:
    """Drop what says that a filter was refused before, where others are asked for now.

    Django takes a wrong filter beside it for a broken database. Alone it stays: a list that is
    refused without any filter is really broken.
    """
    if ERROR_FLAG in request.GET and len(request.GET) > 1:
        asked = request.GET.copy()
        del asked[ERROR_FLAG]
        request.GET = asked  # type: ignore[assignment]


class Panel(Buttons, ModelAdmin):
    """`empty_title`, `empty_text` and `empty_link` (words, URL name) fill a list without rows.

    `saved_too` are fields of the model that its form sets without a field of that name.
    """

    saved_too: tuple[str, ...] = ()
    empty_title = "Nothing here yet"
    empty_text = ""
    empty_link: tuple[str, str] | None = None
    empty_value_display = "-"
    list_fullwidth = True
    compressed_fields = True
    warn_unsaved_form = True
    view_on_site = False

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[PanelList]:
        return PanelList

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        """What the list's own filters ask, and nothing else of its model."""
        return lookup in set(parameters_of(self.get_list_filter(request)))

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Those that this user may use on what is ticked."""
        actions: dict[str, Any] = super().get_actions(request)
        return {name: each for name, each in actions.items() if self.may(request, verb_of(name))}

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Of a row that is there, what the form is about and nothing else: whatever was done to it
        while the form was handled stays."""
        obj.save(update_fields=self._saved(obj, form) if change else None)

    def _saved(self, obj: Any, form: Any) -> list[str]:
        asked = {name for name, field in form.fields.items() if not field.disabled}
        return [
            field.name
            for field in obj._meta.concrete_fields
            if field.name in asked.union(self.saved_too) or getattr(field, "auto_now", False)
        ]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        for action in filter(None, request.POST.getlist("action")):
            self.check_may(request, verb_of(action))
        _forget_error(request)
        title = capfirst(self.opts.verbose_name_plural)
        return super().changelist_view(request, {"title": title, **(extra_context or {})})

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        """The audit log of the object, or for those who may not read that a page of its acts."""
        if not request.user.has_perm(AUDIT):
            return self._history(request, unquote(object_id))
        page = reverse("admin:auditlog_logentry_changelist")
        query = urlencode({"object": f"{self.opts.model_name}:{unquote(object_id)}"})
        return redirect(f"{page}?{query}")

    def _history(self, request: HttpRequest, key: str) -> HttpResponse:
        row = self.get_object(request, key)
        if row is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, key)
        if not self.has_view_permission(request, row):
            raise PermissionDenied
        return self.admin_site.history(request, row)

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> None:
        """Nothing: the audit log has it. Django's would keep names and addresses for ever."""

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> None:
        """Nothing, as of what is added."""

    def log_deletions(self, request: HttpRequest, queryset: Any) -> None:
        """Nothing, as of what is added."""

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        head(request, f"Add {self.opts.verbose_name}")
        return super().add_view(request, form_url, extra_context)


class OpenPanel(Panel):
    """A list that may become long: pages without a count, in the order of the primary key."""

    has_mode = False
    sortable_by = ()
    list_disable_select_all = True
    show_facets = ShowFacets.NEVER

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[OpenChangeList]:
        return OpenChangeList

    def prepare_page(self, rows: Sequence[Any]) -> None:
        """Fetch what the columns need for all rows of a page together."""


class HistoryPanel(OpenPanel):
    """What happened: to be looked at, never changed."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
