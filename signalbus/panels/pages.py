"""Lists that stay quick with millions of rows: one range of the primary key, nothing counted."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.views import ChangeList

from signalbus.api.pagination import paginate
from signalbus.api.problems import Problem
from signalbus.panels.modes import PARAMETER, mode_of

PAGING = frozenset({"cursor", "limit"})
OURS = PAGING | {PARAMETER}


class OpenPages:
    """What templates ask a paginator for, where nobody knows how many rows there are."""

    template_name = "console/pages.html"

    def __init__(self, shown: int, older: str | None, newer: str | None) -> None:
        self.count = shown
        self.older = older
        self.newer = newer


class OpenChangeList(ChangeList):
    """Newest first, by primary key, with links to older and newer rows."""

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().__init__(request, *args, **kwargs)
        for name in PAGING:  # so that links of filters begin at the newest row again
            self.params.pop(name, None)

    def get_filters_params(self, params: dict[str, Any] | None = None) -> dict[str, Any]:
        known: dict[str, Any] = super().get_filters_params(params)
        return {name: value for name, value in known.items() if name not in OURS}

    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> Any:
        rows = super().get_queryset(request, exclude_parameters)
        return rows.filter(mode=mode_of(request)) if self.model_admin.has_mode else rows

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
