"""The log-in's second step: a code, for those who have set up a second factor.

Between the steps nobody is logged in. The session says who has shown a right password, for ten
minutes, and not beyond a change of that password.
"""

import time
from typing import Any

import django_otp
from django import forms
from django.contrib import auth, messages
from django.contrib.auth import get_user_model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.cache import add_never_cache_headers
from django.utils.crypto import constant_time_compare
from unfold.widgets import UnfoldAdminTextInputWidget

from signalbus.console import security_mail
from signalbus.console.entering import enter, throttled
from signalbus.core.crypto import SecretError
from signalbus.core.logs import get_logger
from tenants.audit.acts import Act
from tenants.audit.notes import note
from tenants.floods import address_of
from tenants.operators import recovery, tries, two_factor
from tenants.operators.models import Authenticator
from tenants.operators.tries import TooManyTriesError

PASSED = "password_passed"  # in the session
SECONDS = 600
MOST_TRIES = 5  # of one password shown
LONGEST_CODE = 40
UNREADABLE = (
    "Codes of your app cannot be checked at present, for a key of this installation is missing. "
    "Use a recovery code, and tell whoever runs Signalbus: manage.py doctor names what is missing."
)

log = get_logger(__name__)


class CodeForm(forms.Form):
    """One code, of either kind."""

    code = forms.CharField(
        max_length=LONGEST_CODE,
        widget=UnfoldAdminTextInputWidget(
            {"autocomplete": "one-time-code", "autofocus": "", "spellcheck": "false"}
        ),
    )


def ask_for_code(request: HttpRequest, user: Any, to: str) -> HttpResponse:
    """Go on to the second step; whoever was in before is out."""
    if request.user.is_authenticated:
        auth.logout(request)
    request.session.cycle_key()
    request.session[PASSED] = {
        "user": user.pk,
        "hash": user.get_session_auth_hash(),
        "until": int(time.time()) + SECONDS,
        "to": to,
        "tries": 0,
    }
    return redirect("admin:log_in_code")


def log_in_code(site: Any, request: HttpRequest) -> HttpResponse:
    """The page of the second step."""
    user = _who_passed(request)
    if user is None:
        return _back(request, "Log in with your password first.")
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            tries.check_code(address_of(request), user.get_username())
        except TooManyTriesError as error:
            return throttled(site, request, error)
        device = _verified(user, form)
        if device:
            return _entered(request, user, device)
        if form.errors:
            return _page(site, request, form, user)
        note(Act.LOG_IN_REFUSED, user, detail="The code of the second factor was wrong.")
        if _has_tried_enough(request):
            return _back(request, "Too many wrong codes: begin again with your password.")
        form.add_error("code", "That code is wrong, or was used already.")
    return _page(site, request, form, user)


def _verified(user: Any, form: CodeForm) -> Any:
    """The device that the code is of; none, and an error of the form, where that cannot be told."""
    try:
        return two_factor.verify(user.pk, form.cleaned_data["code"])
    except SecretError as error:
        log.error("two_factor.unreadable", user_id=user.pk, error=str(error))
        form.add_error("code", UNREADABLE)
        return None


def _who_passed(request: HttpRequest) -> Any:
    passed = request.session.get(PASSED)
    if not passed or passed["until"] < time.time():
        return None
    user = get_user_model().objects.filter(pk=passed["user"], is_active=True).first()
    same = user and constant_time_compare(passed["hash"], user.get_session_auth_hash())
    return user if same else None


def _entered(request: HttpRequest, user: Any, device: Any) -> HttpResponse:
    to = request.session.pop(PASSED)["to"]
    enter(request, user)
    django_otp.login(request, device)
    if not isinstance(device, Authenticator):
        _tell_of_recovery(request, user)
    return redirect(to)


def _tell_of_recovery(request: HttpRequest, user: Any) -> None:
    count = recovery.left(user.pk)
    note(Act.RECOVERY_CODE, user, detail=f"{count} are left.")
    messages.warning(request, f"That was a recovery code: {count} are left.")
    security_mail.tell(request, user, security_mail.RECOVERED.format(left=count))


def _has_tried_enough(request: HttpRequest) -> bool:
    passed = request.session[PASSED]
    request.session[PASSED] = {**passed, "tries": passed["tries"] + 1}
    return bool(passed["tries"] + 1 >= MOST_TRIES)


def _back(request: HttpRequest, why: str) -> HttpResponse:
    request.session.pop(PASSED, None)
    messages.warning(request, why)
    return redirect("admin:login")


def _page(site: Any, request: HttpRequest, form: CodeForm, user: Any) -> HttpResponse:
    context = {
        **site.each_context(request),
        "title": "Log in",
        "form": form,
        "username": user.get_username(),
    }
    response = TemplateResponse(request, "console/log_in_code.html", context)
    add_never_cache_headers(response)
    return response
