"""Recipients with their addresses."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from unfold.admin import TabularInline

from notifications import fields
from notifications.admin.checked import address, checked
from notifications.models import Contact, Recipient
from signalbus.core import personal
from signalbus.panels.bases import OpenPanel
from signalbus.panels.modes import OfMode
from signalbus.panels.named_rows import NamedRows
from signalbus.panels.words import ago, code

MASKED = ("shown_id", "addresses", "mode", "locale", "time_zone", "seen")  # for viewers


class RecipientForm(forms.ModelForm):
    class Meta:
        model = Recipient
        fields = ("mode", "external_id", "locale", "time_zone", "attributes")

    def clean_locale(self) -> str:
        value: str = self.cleaned_data["locale"]
        return checked(fields.locale, value) if value else ""

    def clean_time_zone(self) -> str:
        value: str = self.cleaned_data["time_zone"]
        return checked(fields.time_zone, value) if value else ""

    def clean_attributes(self) -> Any:
        value = self.cleaned_data["attributes"] or {}
        if not isinstance(value, dict):
            raise ValidationError('An object is needed, such as {"name": "Ana"}.')
        return value


class ContactForm(forms.ModelForm):
    class Meta:
        model = Contact
        fields = ("channel", "address")

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if given.get("channel") and given.get("address"):
            try:
                given["address"] = address(given["channel"], given["address"])
            except ValidationError as error:
                self.add_error("address", error)
        return given


class ContactInline(TabularInline):
    model = Contact
    form = ContactForm
    formset = NamedRows
    extra = 1
    hide_title = True  # the row itself says which address it is
    verbose_name, verbose_name_plural = "address", "Addresses"


class RecipientPanel(OfMode, OpenPanel):
    """People known to the tenant; they are made by requests, or here."""

    list_display = ("shown_id", "addresses", "locale", "time_zone", "seen")
    list_display_links = ("shown_id",)
    search_fields = ("external_id",)
    search_help_text = "The exact id, e-mail address or phone number"
    form = RecipientForm
    inlines = (ContactInline,)
    empty_title = "No recipient yet"
    empty_text = "Recipients come with your first requests; or add one here."

    def get_queryset(self, request: HttpRequest) -> QuerySet[Recipient]:
        return super().get_queryset(request).prefetch_related("contacts")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return super().get_fields(request, obj) if personal.sees() else MASKED

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        return super().get_inlines(request, obj) if personal.sees() else ()

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("mode", "external_id") if obj else ()

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Recipient], search_term: str
    ) -> tuple[QuerySet[Recipient], bool]:
        term = search_term.strip()
        if not term:
            return queryset, False
        owners = Contact.objects.filter(address=fields.stored_form(term)).values("recipient_id")
        return queryset.filter(Q(external_id=term) | Q(id__in=owners)), False

    @admin.display(description="Id")
    def shown_id(self, row: Recipient) -> str:
        return code(personal.words(row.external_id))

    @admin.display(description="Addresses")
    def addresses(self, row: Recipient) -> str:
        found = (personal.address(contact.address) for contact in row.contacts.all())
        return ", ".join(found) or "-"

    @admin.display(description="Changed")
    def seen(self, row: Recipient) -> str:
        return ago(row.updated_at)


admin.site.register(Recipient, RecipientPanel)
