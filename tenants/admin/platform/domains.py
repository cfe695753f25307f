"""Host names of tenants' consoles."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from signalbus.core.errors import SignalbusError
from signalbus.panels.bases import Panel
from signalbus.panels.kept import Kept
from signalbus.panels.words import label
from tenants import domains
from tenants.models import Domain, Tenant


class DomainForm(forms.ModelForm):
    class Meta:
        model = Domain
        fields = ("domain", "tenant", "is_primary")

    def clean_domain(self) -> str:
        domain: str = self.cleaned_data["domain"]
        try:
            if "domain" in self.changed_data:
                domains.check_usable(domain)
        except (ValueError, SignalbusError) as error:
            raise ValidationError(str(error)) from error
        return domain


class DomainPanel(Kept, Panel):
    """Host names and whose console they show. The tenant's history tells what became of them."""

    list_display = ("domain", "tenant", "which")
    list_select_related = ("tenant",)
    search_fields = ("domain__istartswith", "tenant__name__istartswith")
    search_help_text = "The beginning of a domain, or of a tenant's name"
    fields = ("domain", "tenant", "is_primary")
    empty_title = "No domain yet"
    empty_text = "A domain is the host name that shows a tenant's console."

    def get_readonly_fields(self, request: HttpRequest, obj: Domain | None = None) -> Any:
        return ("tenant",) if obj else ()  # moving the only one away would be deleting it

    @admin.display(description="Which", ordering="is_primary")
    def which(self, row: Domain) -> str:
        return label("primary" if row.is_primary else "further")

    def reason_to_keep(self, row: Domain) -> str:
        return domains.reason_to_keep(row)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        return super().formfield_for_foreignkey(
            db_field, request, **kwargs, queryset=Tenant.objects.served()
        )

    def get_form(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        return super().get_form(request, obj, **kwargs, form=DomainForm)
