"""A forgotten password: a link by mail, or shown to an owner, and the page that it opens.

Nothing tells whether anybody has an address: the answer is the same, and takes as long.
"""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.forms import SetPasswordForm
from django.contrib.auth.views import PasswordResetConfirmView
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse_lazy
from unfold.widgets import UnfoldAdminEmailInputWidget, UnfoldAdminPasswordWidget

from signalbus.console.entering import throttled
from signalbus.console.navigation import tenant_name
from signalbus.console.own_address import link_to
from signalbus.console.user_forms import SavesPassword
from tenants.floods import address_of
from tenants.operators import mail, new_passwords, sign_ins, tries
from tenants.operators.tries import TooManyTriesError

SUBJECT = "A new password for the Signalbus console of {console}"
TEXT = """\
{by} for the user {username} in the Signalbus console of {console}.

Open this link within {hours} hours and choose another:

{link}

It works once. If you did not ask for it, leave it: your password stays as it is.
"""
ASKED, GIVEN = "A new password was asked for", "An owner has made a link to a new password"
DONE = "Your password is changed. Log in with it."


class AddressForm(forms.Form):
    """Whose password was forgotten."""

    email = forms.EmailField(
        max_length=254,
        label="Your e-mail address",
        widget=UnfoldAdminEmailInputWidget({"autocomplete": "email", "autofocus": ""}),
    )


class ChoiceForm(SavesPassword, SetPasswordForm):
    """The new password, twice."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget = UnfoldAdminPasswordWidget({"autocomplete": "new-password"})


def forgotten(site: Any, request: HttpRequest) -> HttpResponse:
    """Ask for the address, and mail a link to whoever has it here."""
    form = AddressForm(request.POST or None)
    sent = False
    if request.method == "POST" and form.is_valid() and mail.is_set_up():
        email = form.cleaned_data["email"]
        try:
            tries.check_link(address_of(request), email)
        except TooManyTriesError as error:
            return throttled(site, request, error)
        for user in new_passwords.people_at(email):
            mail.send_later(user.email, *_letter(request, user, ASKED, _link(request, user)))
        sent = True
    context = {
        **site.each_context(request),
        "title": "Forgotten password",
        "form": form,
        "sent": sent,
        "is_set_up": mail.is_set_up(),
        "hours": new_passwords.hours(),
    }
    return TemplateResponse(request, "console/forgotten.html", context)


def show_link(site: Any, request: HttpRequest, user: Any) -> HttpResponse:
    """Make a link for another user, mail it, and show it this one time."""
    link = _link(request, user, request.user)
    context = {
        **site.each_context(request),
        "title": f"A new password for {user.get_username()}",
        "person": user,
        "link": link,
        "trouble": _sent(request, user, link),
        "hours": new_passwords.hours(),
    }
    headers = {"Cache-Control": "no-store"}
    return TemplateResponse(request, "console/password_link.html", context, headers=headers)


class NewPassword(PasswordResetConfirmView):
    """The page that a link opens: it changes the password, and ends all the user's log-ins."""

    site: Any = None
    token_generator = new_passwords.SECRETS
    form_class = ChoiceForm
    template_name = "console/new_password.html"
    success_url = reverse_lazy("admin:login")
    title = "A new password"

    def dispatch(self, *args: Any, **kwargs: Any) -> Any:
        response = super().dispatch(*args, **kwargs)
        # Not "no-referrer": browsers would hide where the form comes from, and it would be refused.
        response.headers["Referrer-Policy"] = "same-origin"
        return response

    def get_user(self, uidb64: str) -> Any:
        return new_passwords.person_of(uidb64)

    @transaction.atomic
    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        sign_ins.end_all(form.user.pk)
        messages.success(self.request, DONE)
        return response

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return {**self.site.each_context(self.request), **super().get_context_data(**more)}

    def render_to_response(self, context: dict[str, Any], **more: Any) -> HttpResponse:
        status = 200 if context["validlink"] else 410
        return super().render_to_response(context, **{"status": status, **more})


def _link(request: HttpRequest, user: Any, maker: Any = None) -> str:
    return link_to(request, "new_password", *new_passwords.link_of(user, maker))


def _letter(request: HttpRequest, user: Any, by: str, link: str) -> tuple[str, str]:
    console = tenant_name(request)
    words = {"by": by, "username": user.get_username(), "hours": new_passwords.hours()}
    return SUBJECT.format(console=console), TEXT.format(console=console, link=link, **words)


def _sent(request: HttpRequest, user: Any, link: str) -> str:
    """Send the link; why that did not work, if so."""
    if not user.email:
        return "No mail went out: this user has no address."
    try:
        mail.send(user.email, *_letter(request, user, GIVEN, link))
    except mail.MailError as error:
        return str(error)
    return ""
