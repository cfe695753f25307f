"""Tenants, their domains and keys, as the platform's operators see them.

The platform's site stands above this floor and registers these classes itself.
"""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.request import split_domain_port
from django.template.response import TemplateResponse
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from signalbus.core.errors import SignalbusError
from signalbus.panels.bases import OpenPanel, Panel
from signalbus.panels.buttons import Button
from signalbus.panels.kept import Kept
from signalbus.panels.words import ago, code, label
from tenants import identity, places, provisioning, suspension
from tenants.admin import limit_fields
from tenants.admin.key_forms import KeyForm
from tenants.admin.keys import GRANT, KeyPanel
from tenants.context import in_tenant
from tenants.limit_checks import check_tenant
from tenants.limits import Subject
from tenants.models import ApiKey, Domain, State, Tenant
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
        fields = ("default_locale", "time_zone", "idempotency_hours", "inherits_accounts")

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


class TenantPanel(Panel):
    """All served tenants. Deleting one needs more than a click, so it is not offered here."""

    list_display = ("name", "shown_state", "hosts", "schema", "default_locale", "time_zone", "made")
    list_display_links = ("name",)
    search_fields = ("name__istartswith", "schema_name__istartswith")
    list_filter = ("state",)
    fields = (
        "name",
        "shown_state",
        "suspension_reason",
        "schema",
        "hosts",
        "default_locale",
        "time_zone",
        "idempotency_hours",
        "inherits_accounts",
        "made",
    )
    readonly = ("name", "shown_state", "suspension_reason", "schema", "hosts", "made")
    buttons = (
        Button(
            name="suspend",
            title="Suspend",
            icon="pause_circle",
            method="suspend",
            shown=lambda tenant: tenant.state == State.ACTIVE,
            tone="bad",
            ask="Reason, shown to the tenant",
        ),
        Button(
            name="resume",
            title="Resume",
            icon="play_circle",
            method="resume",
            shown=lambda tenant: tenant.state == State.SUSPENDED,
            tone="good",
        ),
    )
    empty_title = "No tenant yet"
    empty_text = "A tenant is a customer with a schema, a console and keys of its own."

    def get_queryset(self, request: HttpRequest) -> QuerySet[Tenant]:
        served = super().get_queryset(request).exclude(state=State.SPARE)
        return served.prefetch_related("domains")

    def get_form(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        return super().get_form(request, obj, **kwargs, form=TenantForm if obj else NewTenantForm)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fields if obj else NEW_TENANT

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        own = (None, {"fields": self.get_fields(request, obj)})
        return [own, ("Limits", {"fields": self._limits(request, obj)})] if obj else [own]

    def _limits(self, request: HttpRequest, tenant: Tenant) -> tuple[str, ...]:
        may_change = self.has_change_permission(request, tenant)
        return limit_fields.field_names(Subject.TENANT) if may_change else ("shown_limits",)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return (*self.readonly, "shown_limits") if obj else ()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_form(self, request: HttpRequest, form: Any, change: bool) -> Any:
        if change:
            return super().save_form(request, form, change)
        request.new_operator = form.made_operator  # type: ignore[attr-defined]
        return self._made(form)

    def save_model(self, request: HttpRequest, obj: Tenant, form: Any, change: bool) -> None:
        if change:
            super().save_model(request, obj, form, change)
            transaction.on_commit(identity.forget)

    def response_add(
        self, request: HttpRequest, obj: Tenant, post_url_continue: str | None = None
    ) -> HttpResponse:
        """Show the first user's password in the answer itself: it is kept nowhere."""
        domain = obj.domains.order_by("-is_primary").values_list("domain", flat=True).first()
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": f"{obj} is ready",
            "made": obj,
            "operator": request.new_operator,  # type: ignore[attr-defined]
            "console": _console_address(request, domain or ""),
        }
        headers = {"Cache-Control": "no-store"}
        return TemplateResponse(request, "console/new_tenant.html", context, headers=headers)

    def suspend(self, request: HttpRequest, tenant: Tenant) -> str:
        reason = request.POST.get("reason", "").strip()
        if not reason:
            raise SignalbusError("A reason is needed: the tenant's API and console show it.")
        suspension.suspend(tenant.pk, reason[:200])
        return f"{tenant} is suspended."

    def resume(self, request: HttpRequest, tenant: Tenant) -> str:
        suspension.resume(tenant.pk)
        return f"{tenant} is active."

    def _made(self, form: NewTenantForm) -> Tenant:
        form.save_m2m = lambda: None  # type: ignore[method-assign]
        form.instance = Tenant.objects.get(pk=form.made)
        return form.instance

    @admin.display(description="What differs from the defaults")
    def shown_limits(self, tenant: Tenant) -> str:
        return limit_fields.shown(tenant.limits)

    @admin.display(description="State")
    def shown_state(self, tenant: Tenant) -> str:
        return label(tenant.state, tenant.suspension_reason)

    @admin.display(description="Domains")
    def hosts(self, tenant: Tenant) -> str:
        return ", ".join(domain.domain for domain in tenant.domains.all()) or "-"

    @admin.display(description="Schema")
    def schema(self, tenant: Tenant) -> str:
        return code(tenant.schema_name)

    @admin.display(description="Created", ordering="created_at")
    def made(self, tenant: Tenant) -> str:
        return ago(tenant.created_at)


LAST_DOMAIN = (
    "{domain} is the only domain of {tenant}: without it nobody reaches its console. "
    "Add another one first."
)
PRIMARY_DOMAIN = "{domain} is the primary domain of {tenant}. Make another one primary first."


def _console_address(request: HttpRequest, domain: str) -> str:
    """Where the tenant's console is, reached by the port by which the platform's is."""
    _, port = split_domain_port(request.get_host())
    return f"{request.scheme}://{domain}{f':{port}' if port else ''}/admin/"


class DomainForm(forms.ModelForm):
    class Meta:
        model = Domain
        fields = ("domain", "tenant", "is_primary")

    def clean_domain(self) -> str:
        domain: str = self.cleaned_data["domain"]
        try:
            places.check_host(domain)
        except ValueError as error:
            raise ValidationError(str(error)) from error
        return domain


class DomainPanel(Kept, Panel):
    """Host names and whose console they show. The tenant's history tells what became of them."""

    list_display = ("domain", "tenant", "is_primary")
    list_select_related = ("tenant",)
    search_fields = ("domain__istartswith", "tenant__name__istartswith")
    fields = ("domain", "tenant", "is_primary")
    empty_title = "No domain yet"
    empty_text = "A domain is the host name that shows a tenant's console."

    def get_readonly_fields(self, request: HttpRequest, obj: Domain | None = None) -> Any:
        return ("tenant",) if obj else ()  # moving the only one away would be deleting it

    def reason_to_keep(self, row: Domain) -> str:
        if not Domain.objects.filter(tenant=row.tenant).exclude(pk=row.pk).exists():
            return LAST_DOMAIN.format(domain=row, tenant=row.tenant)
        return PRIMARY_DOMAIN.format(domain=row, tenant=row.tenant) if row.is_primary else ""

    def log_addition(self, request: HttpRequest, obj: Domain, message: Any) -> Any:
        self._tell_tenant(request, obj, f"Domain {obj} added")
        return super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: Domain, message: Any) -> Any:
        self._tell_tenant(request, obj, f"Domain {obj} changed")
        return super().log_change(request, obj, message)

    def delete_model(self, request: HttpRequest, obj: Domain) -> None:
        self._tell_tenant(request, obj, f"Domain {obj} deleted")
        super().delete_model(request, obj)

    def _tell_tenant(self, request: HttpRequest, domain: Domain, message: str) -> None:
        super().log_change(request, domain.tenant, message)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        return super().formfield_for_foreignkey(
            db_field, request, **kwargs, queryset=Tenant.objects.served()
        )

    def get_form(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        return super().get_form(request, obj, **kwargs, form=DomainForm)


class PlatformKeyForm(KeyForm):
    """A key, and whose it is to be."""

    tenant = forms.ModelChoiceField(Tenant.objects.served(), widget=UnfoldAdminSelectWidget)

    class Meta(KeyForm.Meta):
        fields = ("tenant", *KeyForm.Meta.fields)

    def owner(self) -> Tenant | None:
        return self.cleaned_data.get("tenant")


class PlatformKeyPanel(KeyPanel, OpenPanel):
    """The keys of all tenants; those made here are applications'."""

    list_display = ("tenant", *(name for name in KeyPanel.list_display if name != "owner"))
    list_display_links = ("name",)
    list_select_related = ("tenant",)
    fields = ("tenant", *(name for name in KeyPanel.fields if name != "owner"))
    form = PlatformKeyForm

    def get_queryset(self, request: HttpRequest) -> QuerySet[ApiKey]:
        return super(KeyPanel, self).get_queryset(request)

    def permission(self, verb: str) -> str:
        """Of a tenant's keys none is one's own: what is done with them is an owner's."""
        return super().permission(verb if verb == "view" else GRANT)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.may(request, "add")

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        self.check_may(request, "add")
        return super().add_view(request, form_url, extra_context)

    def new_form(self, request: HttpRequest) -> type[KeyForm]:
        return PlatformKeyForm

    def new_owner(self, request: HttpRequest, form: Any) -> None:
        return None

    def tenant_id(self, request: HttpRequest) -> int:
        return int(request.POST["tenant"])
