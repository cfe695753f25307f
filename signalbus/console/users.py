"""Those who may log in: a tenant's in its own schema, the platform's in the public one."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group, User
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html

from signalbus.console.sites import platform
from signalbus.console.user_forms import NewUserForm, PasswordForm, UserForm
from signalbus.console.user_security import SECURITY_BUTTONS, UserSecurity
from signalbus.panels.bases import Panel
from signalbus.panels.buttons import Button
from signalbus.panels.words import ago, label
from tenants.operators import inviters, logins
from tenants.operators.backend import role_of
from tenants.roles import Role


class UserPanel(UserSecurity, UserAdmin, Panel):  # type: ignore[misc]
    """Users with their roles, for owners. They are never deleted."""

    form = UserForm
    add_form = NewUserForm
    change_password_form = PasswordForm
    list_display = ("username", "name", "email", "shown_role", "state", "last_seen")
    list_filter = ("operator__role", "is_active")
    list_select_related = ("operator",)
    search_fields = ("username__istartswith", "email__istartswith", "last_name__istartswith")
    search_help_text = "The beginning of a user's name, last name or e-mail address"
    readonly_fields = (
        *("shown_password", "state", "last_seen", "joined", "logged_in_at", "second_factor"),
    )
    fieldsets = (
        (None, {"fields": ("username", "shown_password")}),
        ("Person", {"fields": (("first_name", "last_name"), "email")}),
        (
            "Access",
            {
                "fields": (
                    "role",
                    "state",
                    ("last_seen", "joined"),
                    ("logged_in_at", "second_factor"),
                )
            },
        ),
    )
    add_fieldsets = ((None, {"fields": ("username", "email", "role", "password1", "password2")}),)
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
        *SECURITY_BUTTONS,
    )

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        form: Any = super().get_form(request, obj, change=change, **kwargs)
        form.asking = request.user.pk
        return form

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

    @admin.display(description="Role", ordering="operator__role")
    def shown_role(self, user: User) -> str:
        return label(role_of(user) or "none")

    @admin.display(description="State", ordering="is_active")
    def state(self, user: User) -> str:
        return label("active" if user.is_active else "disabled")

    @admin.display(description="Password")
    def shown_password(self, user: User) -> str:
        """Nobody gets to see it, nor what is stored of it."""
        link = reverse("admin:auth_user_password_change", args=[user.pk])
        return format_html('<a class="sb-link" href="{}">Set another one</a>', link)

    @admin.display(description="Joined", ordering="date_joined")
    def joined(self, user: User) -> Any:
        return ago(user.date_joined)

    @admin.display(description="Last seen", ordering="last_login")
    def last_seen(self, user: User) -> Any:
        return ago(user.last_login, "never")

    def save_model(self, request: Any, obj: User, form: Any, change: bool) -> None:
        obj.is_staff = True
        super().save_model(request, obj, form, change)
        if change and "username" in form.changed_data:
            inviters.rename(form.initial["username"], obj.get_username())
        if not change or "role" in form.changed_data:
            logins.set_role(obj.pk, Role(form.cleaned_data["role"]), by=request.user.pk)


for site in (admin.site, platform):
    for model in (User, Group):
        if site.is_registered(model):
            site.unregister(model)
    site.register(User, UserPanel)
