"""The log-in of both consoles: slowed, in two steps for those with a second factor."""

import unicodedata
from typing import Any

from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from unfold.forms import AuthenticationForm

from signalbus.console.entering import enter, throttled
from signalbus.console.second_step import ask_for_code
from signalbus.core.logs import get_logger
from tenants.floods import address_of
from tenants.operators import tries, two_factor
from tenants.operators.tries import TooManyTriesError

log = get_logger(__name__)
USER_LENGTH = 150  # of Django's user names


def log_in(site: Any, request: HttpRequest) -> HttpResponseBase:
    """Ask for name and password. Whoever is in already goes on to the start page."""
    if request.method == "GET" and site.has_permission(request):
        return redirect("admin:index")
    try:
        return LogIn.as_view(site=site, authentication_form=LogInForm)(request)
    except TooManyTriesError as error:
        return throttled(site, request, error)


def _named(request: HttpRequest) -> str:
    """Who wants to log in, written as the form will read it: so that one name counts as one."""
    given = request.POST.get("username", "").replace("\0", "")
    return unicodedata.normalize("NFKC", given.strip())[:USER_LENGTH]


class LogInForm(AuthenticationForm):
    """Name and password. It does not tell which of them is wrong."""

    error_messages = {
        **AuthenticationForm.error_messages,
        "invalid_login": "User or password is wrong; upper and lower case count in both.",
    }


@method_decorator(never_cache, name="dispatch")
class LogIn(LoginView):
    """Django's, behind the limits. It follows `next` to addresses of its own host only."""

    site: Any = None
    template_name = "admin/login.html"
    next_page = "admin:index"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        tries.check_log_in(address_of(request), _named(request))
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        to, user = self.get_success_url(), form.get_user()
        if two_factor.is_on(user.pk):
            return ask_for_code(self.request, user, to)
        enter(self.request, user)
        return redirect(to)

    def form_invalid(self, form: Any) -> HttpResponse:
        log.warning("log_in.refused", address=address_of(self.request))
        return super().form_invalid(form)

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        own = {"title": "Log in", "subtitle": None, "app_path": self.request.get_full_path()}
        username = self.request.user.get_username()
        return {
            **super().get_context_data(**more),
            **self.site.each_context(self.request),
            **own,
            "username": username,
        }
