"""API keys of all tenants."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from unfold.widgets import UnfoldAdminSelectWidget

from signalbus.panels.bases import OpenPanel
from tenants.admin.key_forms import KeyForm
from tenants.admin.keys import GRANT, KeyPanel
from tenants.models import ApiKey, Tenant


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
