"""How much of a stream each tenant gets while others wait, as the platform's operators set it."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from signalbus.bus.lines import HEAVIEST, set_weight
from signalbus.bus.models import Line
from signalbus.bus.streams import DELIVERY_STREAMS
from signalbus.console.sites import platform
from signalbus.panels.bases import OpenPanel
from signalbus.panels.words import code
from tenants.models import Tenant


class LineForm(forms.ModelForm):
    """A new share replaces the one that the tenant has in the stream."""

    tenant = forms.ModelChoiceField(Tenant.objects.served())
    stream = forms.ChoiceField(choices=[(stream, stream) for stream in DELIVERY_STREAMS])
    weight = forms.IntegerField(
        min_value=1,
        max_value=HEAVIEST,
        help_text="How many turns it gets for each turn of a tenant without a weight.",
    )

    class Meta:
        model = Line
        fields = ("weight",)


class LinePanel(OpenPanel):
    """Weights; a line that is not listed has the weight 1, and deleting a row gives it back."""

    form = LineForm
    list_display = ("tenant_name", "shown_stream", "weight")
    list_display_links = ("tenant_name",)
    list_filter = ("stream",)
    empty_title = "Every line has the weight 1"
    empty_text = "Where several tenants wait in a stream, they take turns of the same length."

    def prepare_page(self, rows: Any) -> None:
        owners = [row.tenant_id for row in rows]
        names = dict(Tenant.objects.filter(id__in=owners).values_list("id", "name"))
        for row in rows:
            row.tenant_name = names.get(row.tenant_id) or f"#{row.tenant_id}"

    def get_fields(self, request: HttpRequest, obj: Line | None = None) -> Any:
        shown = ("tenant_name", "shown_stream") if obj else ("tenant", "stream")
        return (*shown, "weight")

    def get_readonly_fields(self, request: HttpRequest, obj: Line | None = None) -> Any:
        return ("tenant_name", "shown_stream") if obj else ()

    def get_form(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, **kwargs)
        if obj:
            for name in ("tenant", "stream"):
                form.base_fields.pop(name, None)
        return form

    def get_object(self, request: HttpRequest, object_id: str, from_field: Any = None) -> Any:
        line = super().get_object(request, object_id, from_field)
        if line:
            self.prepare_page([line])
        return line

    def save_form(self, request: HttpRequest, form: Any, change: bool) -> Line:
        """Through the service, which does not mind that the line has a weight already."""
        wish = form.cleaned_data
        line = form.instance
        tenant = line.tenant_id if change else wish["tenant"].id
        stream = line.stream if change else wish["stream"]
        form.save_m2m = lambda: None
        return set_weight(stream, tenant, wish["weight"])

    def save_model(self, request: HttpRequest, obj: Line, form: Any, change: bool) -> None:
        """The form has saved it."""

    @admin.display(description="Tenant")
    def tenant_name(self, row: Any) -> str:
        return str(row.tenant_name)

    @admin.display(description="Stream")
    def shown_stream(self, row: Line) -> str:
        return code(row.stream)


platform.register(Line, LinePanel)
