"""Live and test side by side: what a test key made is never mixed with what is real."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

LIVE, TEST = "live", "test"


class ModeFilter(admin.SimpleListFilter):
    """Shows what live keys made unless test is asked for; the switch stands above the list."""

    title = "mode"
    parameter_name = "mode"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(LIVE, "Live"), (TEST, "Test")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(mode=mode_of(request))

    def choices(self, changelist: Any) -> Any:
        """None beside the other filters: templates draw the switch."""
        return ()


class OfMode:
    """Mixin of a panel whose rows have a mode."""

    list_before_template = "console/modes.html"
    list_filter: Any = ()

    def get_list_filter(self, request: HttpRequest) -> Any:
        return (ModeFilter, *self.list_filter)


def mode_of(request: HttpRequest) -> str:
    """The mode that a list shows."""
    return TEST if request.GET.get("mode") == TEST else LIVE
