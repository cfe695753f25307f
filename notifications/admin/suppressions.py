"""Addresses that are not to be used."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html

from notifications import fields, lapsed
from notifications.admin.checked import address
from notifications.admin.suppression_files import SuppressionFiles
from notifications.models import Delivery, Suppression
from signalbus.core import personal
from signalbus.panels import moments
from signalbus.panels.bases import OpenPanel
from signalbus.panels.modes import OfMode
from signalbus.panels.words import ago, label

MASKED = (  # for viewers
    *("shown_address", "mode", "shown_channel", "shown_reason", "words", "expires", "since"),
    "source",
)


class SuppressionForm(forms.ModelForm):
    class Meta:
        model = Suppression
        fields = ("mode", "channel", "address", "reason", "note", "expires_at")

    def clean_expires_at(self) -> datetime | None:
        return moments.checked(self.cleaned_data["expires_at"])

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if given.get("channel") and given.get("address"):
            try:
                given["address"] = address(given["channel"], given["address"])
            except ValidationError as error:
                self.add_error("address", error)
        if not self.errors:
            where = (given["mode"], given["channel"], given["address"])
            lapsed.give_way(*where, besides=self.instance.pk)
        return given


class SuppressionPanel(SuppressionFiles, OfMode, OpenPanel):
    """Deleting one lets the address be used again."""

    list_before_template = "console/suppressions.html"
    list_display = ("shown_address", "shown_channel", "shown_reason", "words", "expires", "since")
    list_display_links = ("shown_address",)
    list_filter = ("channel", "reason")
    search_fields = ("address",)
    search_help_text = "The exact address"
    form = SuppressionForm
    readonly_fields = ("source",)
    empty_title = "Nothing is suppressed"
    empty_text = "Hard bounces, complaints and opt-outs put an address here by themselves."

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Suppression], search_term: str
    ) -> tuple[QuerySet[Suppression], bool]:
        term = search_term.strip()
        return (queryset.filter(address=fields.stored_form(term)) if term else queryset), False

    @admin.display(description="Came from")
    def source(self, row: Suppression) -> str:
        """The notification whose delivery it came from, for as long as that is kept."""
        ids = [row.source_delivery] if row.source_delivery else []
        for (notification,) in Delivery.objects.filter(id__in=ids).values_list("notification_id"):
            url = reverse("admin:notifications_notification_change", args=[notification])
            return format_html('<a class="sb-link" href="{}">{}</a>', url, notification)
        return "-"

    def get_fields(self, request: HttpRequest, obj: Suppression | None = None) -> Any:
        return super().get_fields(request, obj) if personal.sees() else MASKED

    @admin.display(description="Address")
    def shown_address(self, row: Suppression) -> str:
        return personal.address(row.address)

    @admin.display(description="Note")
    def words(self, row: Suppression) -> str:
        return personal.words(row.note) or "-"

    @admin.display(description="Channel")
    def shown_channel(self, row: Suppression) -> str:
        return label(row.channel)

    @admin.display(description="Reason")
    def shown_reason(self, row: Suppression) -> str:
        return label(row.reason)

    @admin.display(description="Ends")
    def expires(self, row: Suppression) -> str:
        return ago(row.expires_at, "never")

    @admin.display(description="Since")
    def since(self, row: Suppression) -> str:
        return ago(row.created_at)


admin.site.register(Suppression, SuppressionPanel)
