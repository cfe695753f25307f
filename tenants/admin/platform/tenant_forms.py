"""Forms of tenants: what a new one is to be, and what may be changed of one."""

from typing import Any

from django import forms
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.db import transaction
from unfold.widgets import UnfoldAdminTextInputWidget

from signalbus.core.errors import SignalbusError
from tenants import places, provisioning
from tenants.admin import limit_fields
from tenants.context import in_tenant
from tenants.limit_checks import check_tenant
from tenants.limits import Subject
from tenants.models import Tenant
from tenants.operators import logins

NEW_TENANT = ("name", "domain", "operator", "default_locale", "time_zone")


class NewTenantForm(forms.ModelForm):
    """What a new tenant is to be; the tenant is made while the form is checked, all or nothing."""

    domain = forms.CharField(
        widget=UnfoldAdminTextInputWidget,
        help_text="Host of its console, such as acme.example.org.",
    )
    operator = forms.CharField(
        label="First user",
        max_length=150,
        initial="admin",
        widget=UnfoldAdminTextInputWidget,
        help_text="Who logs in to its console first; the password is made and shown once.",
    )

    class Meta:
        model = Tenant
        fields = ("name", "default_locale", "time_zone")

    def clean(self) -> dict[str, Any]:
        wish = super().clean() or {}
        if not self.errors:
            self._make(wish)
        return wish

    def _make(self, wish: dict[str, Any]) -> None:
        try:
            with transaction.atomic():
                tenant = provisioning.create_tenant(
                    wish["name"] or "",
                    wish["domain"],
                    default_locale=wish["default_locale"],
                    time_zone=wish["time_zone"],
                )
                with in_tenant(tenant):
                    self.made_operator = logins.create_operator(wish["operator"])
        except SignalbusError as error:
            raise ValidationError(str(error)) from error
        self.made = tenant.id

    def clean_operator(self) -> str:
        name: str = self.cleaned_data["operator"]
        UnicodeUsernameValidator()(name)
        return name

    def _post_clean(self) -> None:
        """The row exists by now: Django's look for doubles would find it."""


class TenantForm(limit_fields.limited(Subject.TENANT)):  # type: ignore[misc]
    """What may be changed of a tenant."""

    class Meta:
        model = Tenant
        fields = (
            "default_locale",
            "time_zone",
            "idempotency_hours",
            "inherits_accounts",
            "two_factor_required",
        )

    def check_limits(self, wish: Any) -> None:
        check_tenant(wish)

    def clean_default_locale(self) -> str:
        return self._checked("default_locale", places.check_locale)

    def clean_time_zone(self) -> str:
        return self._checked("time_zone", places.check_time_zone)

    def _checked(self, field: str, check: Any) -> str:
        value: str = self.cleaned_data[field]
        try:
            check(value)
        except ValueError as error:
            raise ValidationError(str(error)) from error
        return value
