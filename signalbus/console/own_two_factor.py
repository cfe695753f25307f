"""One's own second factor: set it up, see its recovery codes once, switch it off.

Whoever needs one and has none gets this page alone until they have.
"""

import time
from collections.abc import Callable, Mapping
from typing import Any

import django_otp
import segno
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.cache import add_never_cache_headers
from django.utils.safestring import SafeString

from signalbus.console import security_mail
from signalbus.console.entering import throttled
from signalbus.console.navigation import tenant_name
from signalbus.console.present_password import PasswordForm, count_try, with_password
from signalbus.console.second_step import CodeForm
from signalbus.core.errors import SignalbusError
from tenants.operators import recovery, two_factor
from tenants.operators.models import Authenticator
from tenants.operators.tries import TooManyTriesError

DOT = 5  # pixels of a dot of the picture
BEGUN = "second_factor_begun"  # in the session: when the password was shown
SECONDS = 600
BEGIN_AGAIN = "Too much time has passed: show your password again."
IN_CONSOLE, ALONE = "admin/base_site.html", "unfold/layouts/unauthenticated.html"


def two_factor_page(site: Any, request: HttpRequest) -> HttpResponse:
    """The page, and what its buttons do."""
    try:
        act = ACTS.get(request.POST.get("act", ""))
        response = (act(site, request) if act else None) or _page(site, request)
    except TooManyTriesError as error:
        return throttled(site, request, error)
    except SignalbusError as error:
        messages.error(request, str(error))
        response = _page(site, request)
    add_never_cache_headers(response)
    return response


def _start(site: Any, request: HttpRequest) -> HttpResponse:
    """Asked for the password: else somebody at an open screen could lock out whose it is."""
    if not _has_begun(request):
        form = with_password(request)
        if form.errors:
            return _page(site, request, start_form=form)
    request.session[BEGUN] = int(time.time())
    two_factor.start(request.user.pk or 0)
    return redirect("admin:two_factor")


def _confirm(site: Any, request: HttpRequest) -> HttpResponse:
    if not _has_begun(request):
        messages.warning(request, BEGIN_AGAIN)
        return _page(site, request)
    form = CodeForm(request.POST)
    if not form.is_valid():
        return _page(site, request, code_form=form)
    count_try(request)
    here = request.sign_in  # type: ignore[attr-defined]
    done = two_factor.confirm(request.user.pk or 0, form.cleaned_data["code"], here)
    if done is None:
        form.add_error("code", "That code is wrong: is your device's clock right?")
        return _page(site, request, code_form=form)
    device, codes = done
    del request.session[BEGUN]
    request.session.cycle_key()
    django_otp.login(request, device)
    here.has_factor = True
    security_mail.tell(request, request.user, security_mail.ADDED)
    return _page(site, request, codes=codes)


def _has_begun(request: HttpRequest) -> bool:
    """Whether this browser has shown the password for it, not long ago."""
    return bool(request.session.get(BEGUN, 0) > time.time() - SECONDS)


def _renew(site: Any, request: HttpRequest) -> HttpResponse:
    form = _of_one_that_is_on(request)
    if form.errors:
        return _page(site, request, codes_form=form)
    return _page(site, request, codes=recovery.renew(request.user.pk or 0))


def _switch_off(site: Any, request: HttpRequest) -> HttpResponse:
    form = _of_one_that_is_on(request)
    if form.errors:
        return _page(site, request, off_form=form)
    two_factor.switch_off(request.user.pk or 0)
    security_mail.tell(request, request.user, security_mail.REMOVED)
    messages.success(request, "The second factor is off: your password alone lets you in.")
    return redirect("admin:two_factor")


ACTS: Mapping[str, Callable[[Any, HttpRequest], HttpResponse]] = {
    "start": _start,
    "confirm": _confirm,
    "renew": _renew,
    "off": _switch_off,
}


def _of_one_that_is_on(request: HttpRequest) -> PasswordForm:
    """The same, and with an error unless there is a second factor."""
    if two_factor.is_on(request.user.pk or 0):
        return with_password(request)
    form = PasswordForm(request.POST)
    form.full_clean()
    form.add_error(None, "There is no second factor: set it up first.")
    return form


def _page(site: Any, request: HttpRequest, **more: Any) -> HttpResponse:
    user_id = request.user.pk or 0
    is_required = two_factor.is_required(getattr(request, "tenant", None))
    device = Authenticator.objects.filter(user_id=user_id, confirmed=True).first()
    context = {
        **site.each_context(request),
        "title": "Second factor",
        "device": device,
        "left": recovery.left(user_id) if device else 0,
        "is_required": is_required,
        "layout": ALONE if is_required and not device else IN_CONSOLE,
        "code_form": CodeForm(),
        "start_form": PasswordForm(auto_id="start_%s"),
        "codes_form": PasswordForm(auto_id="renew_%s"),
        "off_form": PasswordForm(auto_id="off_%s"),
        **({} if device else _to_scan(request)),
        **more,
    }
    return TemplateResponse(request, "console/two_factor.html", context)


def _to_scan(request: HttpRequest) -> dict[str, Any]:
    """The picture and its text, where a device waits for its first code from this browser."""
    waiting = two_factor.waiting(request.user.pk or 0) if _has_begun(request) else None
    if waiting is None:
        return {}
    issuer = f"Signalbus {tenant_name(request)}"
    address = two_factor.address_of(waiting, issuer, request.user.get_username())
    picture = segno.make(address, error="m").svg_inline(scale=DOT, border=3, light="#fff")
    return {"secret": two_factor.secret_of(waiting), "picture": SafeString(picture)}
