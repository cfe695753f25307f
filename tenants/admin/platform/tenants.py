"""All tenants that there are: made, changed, suspended, renamed and deleted."""

from typing import Any

from django.contrib import admin
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.request import split_domain_port
from django.template.response import TemplateResponse
from django.utils.html import format_html

from signalbus.panels.bases import OpenPanel
from signalbus.panels.words import absolute, ago, code, label, two_lines
from tenants import identity
from tenants.admin import limit_fields
from tenants.admin.platform.tenant_acts import BUTTONS, TenantActs
from tenants.admin.platform.tenant_forms import NEW_TENANT, NewTenantForm, TenantForm
from tenants.limits import Subject
from tenants.models import State, Tenant


class TenantPanel(TenantActs, OpenPanel):
    """All tenants but the spare ones. Deleting one is a button that wants its name typed."""

    list_display: tuple[str, ...] = ("name", "shown_state", "hosts", "made")
    list_display_links = ("name",)
    search_fields = ("name__istartswith", "schema_name__istartswith", "domains__domain__startswith")
    search_help_text = "The beginning of a name, a schema or a domain"
    list_filter = ("state",)
    readonly: tuple[str, ...] = (
        "name",
        "shown_state",
        "suspension_reason",
        "ends",
        "schema",
        "hosts",
        "made",
    )
    fields: tuple[str, ...] = (*readonly, *TenantForm.Meta.fields)
    saved_too = ("limits",)
    buttons = BUTTONS
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

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        may_change: bool = super().has_change_permission(request, obj)
        return may_change and (obj is None or obj.state != State.DELETING)

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

    def _made(self, form: NewTenantForm) -> Tenant:
        form.save_m2m = lambda: None  # type: ignore[method-assign]
        form.instance = Tenant.objects.get(pk=form.made)
        return form.instance

    @admin.display(description="What differs from the defaults")
    def shown_limits(self, tenant: Tenant) -> str:
        return limit_fields.shown(tenant.limits)

    @admin.display(description="State")
    def shown_state(self, tenant: Tenant) -> str:
        word = label(tenant.state, tenant.suspension_reason)
        if tenant.delete_at is None or tenant.state == State.DELETING:
            return word
        return two_lines(word, format_html("to be deleted {}", ago(tenant.delete_at)))

    @admin.display(description="To be deleted")
    def ends(self, tenant: Tenant) -> str:
        return absolute(tenant.delete_at) if tenant.delete_at else "-"

    @admin.display(description="Domains")
    def hosts(self, tenant: Tenant) -> str:
        return ", ".join(domain.domain for domain in tenant.domains.all()) or "-"

    @admin.display(description="Schema")
    def schema(self, tenant: Tenant) -> str:
        return code(tenant.schema_name)

    @admin.display(description="Created", ordering="created_at")
    def made(self, tenant: Tenant) -> str:
        return ago(tenant.created_at)


def _console_address(request: HttpRequest, domain: str) -> str:
    """Where the tenant's console is, reached by the port by which the platform's is."""
    _, port = split_domain_port(request.get_host())
    return f"{request.scheme}://{domain}{f':{port}' if port else ''}/admin/"
