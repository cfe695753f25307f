"""One's present password, asked for what somebody at an open screen must not do."""

from django import forms
from django.http import HttpRequest
from unfold.widgets import UnfoldAdminPasswordWidget

from tenants.floods import address_of
from tenants.operators import tries


class PasswordForm(forms.Form):
    """The password, once."""

    password = forms.CharField(
        strip=False, widget=UnfoldAdminPasswordWidget({"autocomplete": "current-password"})
    )


def with_password(request: HttpRequest) -> PasswordForm:
    """The form, with an error unless the password is right. Raises TooManyTriesError."""
    form = PasswordForm(request.POST)
    if not form.is_valid():
        return form
    count_try(request)
    if not request.user.check_password(form.cleaned_data["password"]):
        form.add_error("password", "That is not your password.")
    return form


def count_try(request: HttpRequest) -> None:
    """Slow down whoever guesses. Raises TooManyTriesError."""
    tries.check_code(address_of(request), request.user.get_username())
