"""The two sites. Both are named `admin`: a host shows one of them, never both."""

from collections.abc import Callable
from functools import partial, wraps
from typing import Any

from django.contrib import messages
from django.core.paginator import InvalidPage
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import path
from unfold.sites import UnfoldAdminSite

from signalbus.console.forgotten import NewPassword, forgotten
from signalbus.console.gate import READING, View, guarded, may_open_history
from signalbus.console.history import history_page
from signalbus.console.joining import join
from signalbus.console.live import live_address
from signalbus.console.log_in import log_in
from signalbus.console.own_sign_ins import sign_ins_page
from signalbus.console.own_two_factor import two_factor_page
from signalbus.console.passwords import change_own_password
from signalbus.console.second_step import log_in_code
from signalbus.console.security import security_page

# Of one's own log-in, not of the tenant.
ALWAYS = frozenset({"logout", "password_change", "sign_ins", "two_factor"})


OWN_PAGES = (
    ("sign-ins", "sign_ins", sign_ins_page),
    ("two-factor", "two_factor", two_factor_page),
    ("security", "security", security_page),
)


class Console(UnfoldAdminSite):
    """What both consoles have in common: every page stands behind the gate, but for joining."""

    def get_urls(self) -> list[Any]:
        own = [
            path("join/<str:secret>/", partial(join, self), name="join"),
            path("forgotten/", partial(forgotten, self), name="admin_password_reset"),
            path(
                "new-password/<uidb64>/<token>/",
                NewPassword.as_view(site=self),
                name="new_password",
            ),
            path("login/code/", partial(log_in_code, self), name="log_in_code"),
            *(path(f"{at}/", self._own(view), name=name) for at, name, view in OWN_PAGES),
        ]
        return [*own, *super().get_urls()]

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponseBase:
        return log_in(self, request)

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        return change_own_password(self, request, super().password_change)

    def app_index(self, request: HttpRequest, *_: Any, **__: Any) -> HttpResponse:
        """The sidebar groups pages by what people do, not by the packages that they stand in."""
        return redirect("admin:index")

    def search(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Of the sidebar's pages. A page of results that there is not is none."""
        try:
            return super().search(request, extra_context)
        except (InvalidPage, ValueError) as error:
            raise Http404 from error

    def autocomplete_view(self, request: HttpRequest) -> HttpResponse:
        """Nobody's: no form asks it, and it would name people unmasked."""
        raise Http404

    def admin_view(self, view: View, cacheable: bool = False) -> View:
        return super().admin_view(guarded(self, view), cacheable)

    def _own(self, page: Callable[[Any, HttpRequest], HttpResponse]) -> View:
        """A page of Signalbus's own, behind the gate like those of Django."""
        return self.admin_view(partial(page, self))

    def history(self, request: HttpRequest, row: Any) -> HttpResponse:
        """The page of what was done to an object, as panels ask for it."""
        return history_page(self, request, row)

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        return {**super().each_context(request), "show_history": may_open_history(request)}


class TenantConsole(Console):
    """A tenant's console. While the tenant is suspended it shows everything and changes nothing."""

    settings_name = "UNFOLD"
    index_template = "console/home.html"
    site_title = "Signalbus"
    index_title = "Overview"
    enable_nav_sidebar = True

    def get_urls(self) -> list[Any]:
        return [path("live/", self._own(live_address), name="live"), *super().get_urls()]

    def admin_view(self, view: View, cacheable: bool = False) -> View:
        return super().admin_view(_unless_suspended(view), cacheable)

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        tenant = getattr(request, "tenant", None)
        return {**super().each_context(request), "tenant": tenant}


class PlatformConsole(Console):
    """The console of those who run the installation."""

    settings_name = "UNFOLD_PLATFORM"
    index_template = "console/platform.html"
    site_title = "Signalbus platform"
    index_title = "Overview"


def _unless_suspended(view: View) -> View:
    @wraps(view)
    def kept(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if _is_refused(request):
            messages.error(request, "The tenant is suspended: nothing can be changed.")
            return redirect("admin:index")
        return view(request, *args, **kwargs)

    return kept


def _is_refused(request: HttpRequest) -> bool:
    tenant = getattr(request, "tenant", None)
    match = request.resolver_match
    return bool(
        tenant
        and tenant.is_suspended
        and request.method not in READING
        and (match is None or match.url_name not in ALWAYS)
    )


platform = PlatformConsole(name="admin")
