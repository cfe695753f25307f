"""Live and test side by side: what a test key made is never mixed with what is real."""

from django.http import HttpRequest

from signalbus.core.modes import LIVE, TEST

__all__ = ["LIVE", "PARAMETER", "TEST", "OfMode", "mode_of"]

PARAMETER = "mode"


class OfMode:
    """Mixin of a panel whose rows have a mode: a switch above the list says which is shown."""

    has_mode = True
    first_mode = LIVE
    list_before_template = "console/modes.html"


def mode_of(request: HttpRequest, first: str = LIVE) -> str:
    """The mode that a list shows: the first one, which is live, unless another is asked for."""
    return TEST if request.GET.get(PARAMETER, first) == TEST else LIVE
