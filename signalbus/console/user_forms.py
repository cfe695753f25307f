"""Forms of users: a new one's name, password and role, and what may be changed of them."""

from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm
from unfold.widgets import UnfoldAdminSelectWidget

from tenants.operators import logins
from tenants.operators.backend import role_of
from tenants.operators.logins import OperatorError
from tenants.roles import MEANING, Role

ROLES = [(role.value, f"{role}: {MEANING[role]}") for role in Role]
FIRST = "password1"  # the field
OWN_ROLE = "Nobody changes their own role: another owner can."


def role_field(**more: Any) -> forms.ChoiceField:
    """The choice of a role, each with what it means."""
    return forms.ChoiceField(choices=ROLES, widget=UnfoldAdminSelectWidget, **more)


class SavesPassword:
    """Mixin of forms of a password: nothing else of the user is written, who may be deactivated
    while the password is hashed."""

    cleaned_data: dict[str, Any]

    def set_password_and_save(
        self, user: User, password_field_name: str = FIRST, commit: bool = True
    ) -> User:
        user.set_password(self.cleaned_data[password_field_name])
        if commit:
            user.save(update_fields=["password"])
        return user


class PasswordForm(SavesPassword, AdminPasswordChangeForm):
    """Another password for somebody. None at all would be nobody's log-in, maybe the last owner's:
    for that they are deactivated."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("usable_password", None)
        for name in (FIRST, "password2"):
            self.fields[name].required = True


class NewUserForm(UserCreationForm):
    """Django checks the passwords itself and so marks neither as needed."""

    role = role_field(initial=Role.VIEWER)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("password1", "password2"):
            self.fields[name].required = True


class UserForm(UserChangeForm):
    """What may be changed of a user; `asking` is the id of who changes it."""

    role = role_field()
    asking = 0

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].initial = role_of(self.instance)
        if self.instance.pk == self.asking:
            self.fields["role"].disabled = True
            self.fields["role"].help_text = OWN_ROLE

    def clean_role(self) -> str:
        """Checked where the rows of the owners are locked until it is saved."""
        role = Role(self.cleaned_data["role"])
        try:
            logins.check_role(self.instance.pk, role)
        except OperatorError as error:
            raise ValidationError(str(error)) from error
        return role.value
