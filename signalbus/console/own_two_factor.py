"""One's own second factor: set it up, see its recovery codes once, switch it off.

Whoever needs one and has none gets this page alone until they have.
"""

from collections.abc import Callable, Mapping
from typing import Any

import django_otp
import segno
from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.cache import add_never_cache_headers
from django.utils.safestring import SafeString
from unfold.widgets import UnfoldAdminPasswordWidget

from signalbus.console.entering import throttled
from signalbus.console.navigation import tenant_name
from signalbus.console.second_step import CodeForm
from signalbus.core.errors import SignalbusError
from tenants.floods import address_of
from tenants.operators import recovery, tries, two_factor
from tenants.operators.models import Authenticator
from tenants.operators.tries import TooManyTriesError

DOT = 5  # pixels of a dot of the picture
IN_CONSOLE, ALONE = "admin/base_site.html", "unfold/layouts/unauthenticated.html"


class PasswordForm(forms.Form):
    """One's present password, for what somebody at an open screen must not do."""

    password = forms.CharField(
        strip=False, widget=UnfoldAdminPasswordWidget({"autocomplete": "current-password"})
    )


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


def _start(_site: Any, request: HttpRequest) -> HttpResponse:
    two_factor.start(request.user.pk or 0)
    return redirect("admin:two_factor")


def _confirm(site: Any, request: HttpRequest) -> HttpResponse:
    form = CodeForm(request.POST)
    if not form.is_valid():
        return _page(site, request, code_form=form)
    _count(request)
    here = request.sign_in  # type: ignore[attr-defined]
    done = two_factor.confirm(request.user.pk or 0, form.cleaned_data["code"], here)
    if done is None:
        form.add_error("code", "That code is wrong: is your device's clock right?")
        return _page(site, request, code_form=form)
    device, codes = done
    request.session.cycle_key()
    django_otp.login(request, device)
    here.has_factor = True
    return _page(site, request, codes=codes)


def _renew(site: Any, request: HttpRequest) -> HttpResponse:
    form = _with_password(request)
    if form.errors:
        return _page(site, request, codes_form=form)
    return _page(site, request, codes=recovery.renew(request.user.pk or 0))


def _switch_off(site: Any, request: HttpRequest) -> HttpResponse:
    form = _with_password(request)
    if form.errors:
        return _page(site, request, off_form=form)
    two_factor.switch_off(request.user.pk or 0)
    messages.success(request, "The second factor is off: your password alone lets you in.")
    return redirect("admin:two_factor")


ACTS: Mapping[str, Callable[[Any, HttpRequest], HttpResponse]] = {
    "start": _start,
    "confirm": _confirm,
    "renew": _renew,
    "off": _switch_off,
}


def _with_password(request: HttpRequest) -> PasswordForm:
    """The form with an error unless the password is right, and there is a second factor."""
    form = PasswordForm(request.POST)
    if not form.is_valid():
        return form
    _count(request)
    if not two_factor.is_on(request.user.pk or 0):
        form.add_error(None, "There is no second factor: set it up first.")
    elif not request.user.check_password(form.cleaned_data["password"]):
        form.add_error("password", "That is not your password.")
    return form


def _count(request: HttpRequest) -> None:
    tries.check_code(address_of(request), request.user.get_username())


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
        "codes_form": PasswordForm(auto_id="renew_%s"),
        "off_form": PasswordForm(auto_id="off_%s"),
        **({} if device else _to_scan(request)),
        **more,
    }
    return TemplateResponse(request, "console/two_factor.html", context)


def _to_scan(request: HttpRequest) -> dict[str, Any]:
    """The picture and its text, where a device waits for its first code."""
    waiting = two_factor.waiting(request.user.pk or 0)
    if waiting is None:
        return {}
    issuer = f"Signalbus {tenant_name(request)}"
    address = two_factor.address_of(waiting, issuer, request.user.get_username())
    picture = segno.make(address, error="m").svg_inline(scale=DOT, border=3, light="#fff")
    return {"secret": two_factor.secret_of(waiting), "picture": SafeString(picture)}
