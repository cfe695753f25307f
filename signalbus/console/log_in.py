"""The log-in of both consoles: slowed, in two steps for those with a second factor."""

from typing import Any

from django.contrib import auth
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache

from signalbus.core.logs import get_logger
from tenants.floods import address_of
from tenants.operators import tries
from tenants.operators.tries import TooManyTriesError

log = get_logger(__name__)
USER_LENGTH = 150  # of Django's user names


def log_in(site: Any, request: HttpRequest) -> HttpResponseBase:
    """Ask for name and password. Whoever is in already goes on to the start page."""
    if request.method == "GET" and site.has_permission(request):
        return redirect("admin:index")
    try:
        return LogIn.as_view(site=site, authentication_form=site.login_form)(request)
    except TooManyTriesError as error:
        return throttled(site, request, error)


def throttled(site: Any, request: HttpRequest, error: TooManyTriesError) -> HttpResponse:
    """Say how long to wait."""
    log.warning("log_in.throttled", address=address_of(request), seconds=error.seconds)
    context = {
        **site.each_context(request),
        "title": "Wait a moment",
        "wait": tries.in_words(error.seconds),
    }
    headers = {"Retry-After": str(error.seconds), "Cache-Control": "no-store"}
    return TemplateResponse(request, "console/throttled.html", context, status=429, headers=headers)


def enter(request: HttpRequest, user: Any) -> None:
    """Log somebody in, with a session of their own; who was in before is out."""
    if request.user.is_authenticated:
        auth.logout(request)
    auth.login(request, user)


@method_decorator(never_cache, name="dispatch")
class LogIn(LoginView):
    """Django's, behind the limits. It follows `next` to addresses of its own host only."""

    site: Any = None
    template_name = "admin/login.html"
    next_page = "admin:index"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        username = request.POST.get("username", "").strip()[:USER_LENGTH]
        tries.check_log_in(address_of(request), username)
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        to = self.get_success_url()
        enter(self.request, form.get_user())
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
