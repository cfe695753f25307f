"""What stands before every page of a console: the role that it needs, and what somebody may see."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse

from signalbus.console.setting_up import must_set_up
from signalbus.core import personal
from signalbus.panels.buttons import Refusal
from tenants import permissions, roles
from tenants.operators.backend import role_of
from tenants.roles import Role

View = Callable[..., HttpResponse]
READING = frozenset({"GET", "HEAD", "OPTIONS"})


def guarded(site: Any, view: View) -> View:
    """The view, for those whose role suffices; others get a page that says which one is needed."""

    @wraps(view)
    def opened(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        personal.set_sees(request.user.has_perm(permissions.PERSONAL))
        if must_set_up(request):
            return redirect("admin:two_factor")
        try:
            _check(request)
            return view(request, *args, **kwargs)
        except PermissionDenied as refusal:
            return _refused(site, request, refusal)

    return opened


def may_open(request: HttpRequest, page: str, *, writes: bool = False) -> bool:
    """Whether the user may open the page of that URL name. Raises KeyError for an unknown page."""
    needed = permissions.permission_of(page, writes=writes)
    return needed is None or request.user.has_perm(needed)


def may_open_history(request: HttpRequest) -> bool:
    """Whether the user may open the history of the object whose page this is, if it is one's."""
    model, _, page = _page(request).rpartition("_")
    has_one = page == "change" and not model.endswith("password")
    return has_one and may_open(request, f"{model}_history")


def _check(request: HttpRequest) -> None:
    """Raise Refusal where the page needs what the user lacks; what has no name is a 404 anyway."""
    page = _page(request)
    needed = permissions.permission_of(page) if page else None
    if needed is not None and not request.user.has_perm(needed):
        raise Refusal(needed)


def _page(request: HttpRequest) -> str:
    match = request.resolver_match
    return (match.url_name if match else None) or ""


def _refused(site: Any, request: HttpRequest, refusal: PermissionDenied) -> HttpResponse:
    context = {
        **site.each_context(request),
        "title": "Not for your role",
        "role": role_of(request.user),
        "needed": _needed(request, refusal),
    }
    return TemplateResponse(request, "console/refused.html", context, status=403)


def _needed(request: HttpRequest, refusal: PermissionDenied) -> Role | None:
    """The lowest role that may do what was refused; None where nobody may."""
    page, writes = _page(request), request.method not in READING
    asked = permissions.permission_of(page, writes=writes) if page else None
    permission = refusal.permission if isinstance(refusal, Refusal) else asked
    ability = permissions.ability_of(permission) if permission else None
    return roles.least(ability) if ability else None
