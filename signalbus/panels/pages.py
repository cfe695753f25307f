"""Lists that stay quick with millions of rows: one range of the primary key, nothing counted.

What the address of any list asks for is one of the list's own filters: else what a role may not
see could be guessed letter by letter from the rows that are left.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from django.contrib import messages
from django.contrib.admin.exceptions import DisallowedModelAdminLookup
from django.contrib.admin.options import IncorrectLookupParameters
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.views import ChangeList

from signalbus.api.pagination import paginate
from signalbus.api.problems import Problem
from signalbus.panels.modes import PARAMETER, mode_of

PAGING = frozenset({"cursor", "limit"})
OURS = PAGING | {PARAMETER}
NO_FILTER = "This list has no such filter: it shows everything."


def parameters_of(list_filter: Iterable[Any]) -> Iterator[str]:
    """The parameters of addresses that a list's filters read."""
    for each in list_filter:
        if isinstance(each, str):
            yield from (each, f"{each}__exact", f"{each}__isnull")
        else:
            yield each.parameter_name


class PanelList(ChangeList):
    """A list that goes by its own filters, and shows everything where it is asked for others."""

    def get_filters(self, request: HttpRequest) -> Any:
        try:
            _check_text(request)
            return super().get_filters(request)
        except (DisallowedModelAdminLookup, IncorrectLookupParameters) as error:
            messages.warning(request, NO_FILTER)
            raise IncorrectLookupParameters from error


def _check_text(request: HttpRequest) -> None:
    """PostgreSQL knows no text with a NUL in it."""
    if any("\x00" in value for values in request.GET.lists() for value in (*values[1], values[0])):
        raise IncorrectLookupParameters


class OpenPages:
    """What templates ask a paginator for, where nobody knows how many rows there are."""

    template_name = "console/pages.html"

    def __init__(self, shown: int, older: str | None, newer: str | None) -> None:
        self.count = shown
        self.older = older
        self.newer = newer


class OpenChangeList(PanelList):
    """Newest first, by primary key, with links to older and newer rows."""

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().__init__(request, *args, **kwargs)
        for name in PAGING:  # so that filters and searches begin at the newest row again
            self.params.pop(name, None)
            self.filter_params.pop(name, None)

    def get_filters_params(self, params: dict[str, Any] | None = None) -> dict[str, Any]:
        known: dict[str, Any] = super().get_filters_params(params)
        return {name: value for name, value in known.items() if name not in OURS}

    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> Any:
        rows = super().get_queryset(request, exclude_parameters)
        panel = self.model_admin
        return rows.filter(mode=mode_of(request, panel.first_mode)) if panel.has_mode else rows

    def get_ordering(self, request: HttpRequest, queryset: QuerySet[Any]) -> list[str]:
        return ["-pk"]

    def get_results(self, request: HttpRequest) -> None:
        rows, older, newer = self._page(request)
        self.result_list = rows
        self.result_count = len(rows)
        self.full_result_count = len(rows)
        self.show_full_result_count = False
        self.show_admin_actions = True
        self.can_show_all = False
        self.multi_page = False
        self.paginator = OpenPages(len(rows), older, newer)
        self.model_admin.prepare_page(list(rows))

    def _page(self, request: HttpRequest) -> tuple[Any, str | None, str | None]:
        try:
            return paginate(request, self.queryset)
        except Problem:  # a cursor of another list, or one made up
            return list(self.queryset.order_by("-pk")[: self.list_per_page]), None, None
