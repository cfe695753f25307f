"""The page that an invitation's link opens: whoever has it chooses a name and a password."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.forms import BaseUserCreationForm
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.cache import add_never_cache_headers
from unfold.widgets import UnfoldAdminPasswordWidget, UnfoldAdminTextInputWidget

from tenants.operators import invitations
from tenants.operators.logins import OperatorError
from tenants.operators.models import Invitation

DONE = "You may log in now."


class JoinForm(BaseUserCreationForm):
    """Name and password; Django's validators know the address, so that it is no password."""

    class Meta:
        model = User
        fields = ("username",)

    def __init__(self, invitation: Invitation, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, instance=User(email=invitation.email), **kwargs)
        self.fields["username"].widget = UnfoldAdminTextInputWidget({"autocomplete": "username"})
        for name in ("password1", "password2"):
            self.fields[name].widget = UnfoldAdminPasswordWidget({"autocomplete": "new-password"})
            self.fields[name].required = True


def join(site: Any, request: HttpRequest, secret: str) -> HttpResponse:
    """Show the form, and make the operator. The address is told to nobody else on the way."""
    response = _answer(site, request, secret)
    add_never_cache_headers(response)
    # Not "no-referrer": browsers would hide where the form comes from, and it would be refused.
    response.headers["Referrer-Policy"] = "same-origin"
    return response


def _answer(site: Any, request: HttpRequest, secret: str) -> HttpResponse:
    tenant = getattr(request, "tenant", None)
    if tenant and tenant.is_suspended:
        return _page(site, request, trouble=f"{tenant.name} is suspended: nobody can join it now.")
    try:
        invitation = invitations.of_secret(secret)
    except invitations.InvitationError as error:
        return _page(site, request, trouble=str(error))
    form = JoinForm(invitation, request.POST or None, initial=_initial(invitation))
    if request.method == "POST" and form.is_valid() and _joined(form, secret):
        messages.success(request, DONE)
        return redirect("admin:login")
    return _page(site, request, form=form, invitation=invitation)


def _joined(form: JoinForm, secret: str) -> bool:
    """Whether it worked; if not, the form says why."""
    given = form.cleaned_data
    try:
        invitations.accept(secret, given["username"], given["password1"])
    except OperatorError as error:
        form.add_error(None, forms.ValidationError(str(error)))
        return False
    return True


def _initial(invitation: Invitation) -> dict[str, str]:
    return {"username": invitation.email.partition("@")[0]}


def _page(site: Any, request: HttpRequest, **context: Any) -> HttpResponse:
    context = {**site.each_context(request), "title": "Join", **context}
    status = 200 if "form" in context else 410
    return TemplateResponse(request, "console/join.html", context, status=status)
