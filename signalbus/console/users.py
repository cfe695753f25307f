"""Those who may log in: a tenant's in its own schema, the platform's in the public one."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group, User
from django.http import HttpRequest
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from signalbus.console.sites import platform
from signalbus.panels.bases import Panel
from signalbus.panels.buttons import Button
from signalbus.panels.words import ago, label
from tenants.operators import logins


class NewUserForm(UserCreationForm):
    """Django checks the passwords itself and so marks neither as needed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("password1", "password2"):
            self.fields[name].required = True


class UserPanel(UserAdmin, Panel):  # type: ignore[misc]
    """Users; every one of them may do everything in this console. They are never deleted."""

    form = UserChangeForm
    add_form = NewUserForm
    change_password_form = AdminPasswordChangeForm
    list_display = ("username", "name", "email", "state", "last_seen")
    list_filter = ("is_active",)
    search_fields = ("username__istartswith", "email__istartswith", "last_name__istartswith")
    readonly_fields = ("state", "last_login", "date_joined")
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        ("Person", {"fields": (("first_name", "last_name"), "email")}),
        ("Access", {"fields": ("state", ("last_login", "date_joined"))}),
    )
    add_fieldsets = ((None, {"fields": ("username", "email", "password1", "password2")}),)
    filter_horizontal = ()
    buttons = (
        Button(
            name="deactivate",
            title="Deactivate",
            icon="person_off",
            method="deactivate",
            shown=lambda user: user.is_active,
            tone="bad",
            sure="This user will be logged out and cannot log in any more. Deactivate them?",
        ),
        Button(
            name="activate",
            title="Activate",
            icon="person_check",
            method="activate",
            shown=lambda user: not user.is_active,
            tone="good",
        ),
    )

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never: the history of what a user did goes with the user. They are deactivated."""
        return False

    def deactivate(self, request: HttpRequest, user: User) -> str:
        logins.deactivate(user.pk, by=request.user.pk or 0)
        return f"{user.get_username()} cannot log in any more."

    def activate(self, request: HttpRequest, user: User) -> str:
        logins.activate(user.pk)
        return f"{user.get_username()} may log in again."

    @admin.display(description="Name")
    def name(self, user: User) -> str:
        return user.get_full_name() or "-"

    @admin.display(description="State", ordering="is_active")
    def state(self, user: User) -> str:
        return label("active" if user.is_active else "disabled")

    @admin.display(description="Last seen", ordering="last_login")
    def last_seen(self, user: User) -> Any:
        return ago(user.last_login, "never")

    def save_model(self, request: Any, obj: User, form: Any, change: bool) -> None:
        if not change:
            obj.is_staff = True
        super().save_model(request, obj, form, change)


for site in (admin.site, platform):
    for model in (User, Group):
        if site.is_registered(model):
            site.unregister(model)
    site.register(User, UserPanel)
