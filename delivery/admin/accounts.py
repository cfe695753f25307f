"""Provider accounts. Credentials are written, never read: the page says only which are there."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget

from delivery import accounts
from delivery.models import ProviderAccount
from delivery.providers import registry
from signalbus.core.errors import SignalbusError
from signalbus.panels.bases import Panel
from signalbus.panels.words import ago, code, label

UNCHANGED = "Leave it empty to keep what is stored."


class SecretField(forms.JSONField):
    """Takes JSON and never shows any: neither what is stored nor what was just written."""

    def prepare_value(self, value: Any) -> str:
        return ""


class AccountForm(forms.ModelForm):
    """Checked by the kind's own table of fields, as requests of the API are."""

    kind = forms.ChoiceField(widget=UnfoldAdminSelectWidget)
    new_credentials = SecretField(
        label="Credentials", required=False, widget=UnfoldAdminTextareaWidget({"rows": 5})
    )

    class Meta:
        model = ProviderAccount
        fields = ("name", "kind", "channel", "options", "enabled", "position")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(kind.name, kind.label) for kind in registry.kinds()]
        self.fields["kind"].choices = choices  # type: ignore[attr-defined]
        self.fields["new_credentials"].help_text = self._stored()

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if not self.errors:
            self._check(given)
        return given

    def _check(self, given: dict[str, Any]) -> None:
        options = given.get("options") or {}
        secrets = self.credentials(given)
        for field, value in (("options", options), ("new_credentials", secrets)):
            if not isinstance(value, dict):
                self.add_error(field, ValidationError("A JSON object is needed."))
                return
        for pointer, detail in registry.validate(given["kind"], given["channel"], options, secrets):
            self.add_error(_field(pointer), f"{pointer}: {detail}")

    def credentials(self, given: dict[str, Any]) -> Any:
        """The new ones, else those that are stored; other kinds' are of no use."""
        if given.get("new_credentials") is not None:
            return given["new_credentials"]
        return _stored_credentials(self.instance) if self.instance.kind == given["kind"] else {}

    def _stored(self) -> str:
        names = ", ".join(sorted(_stored_credentials(self.instance)))
        return f"Stored: {names}. {UNCHANGED}" if names else "A JSON object; stored encrypted."


class AccountPanel(Panel):
    """The lowest position of a channel is used first."""

    list_display = ("name", "shown_kind", "shown_channel", "state", "position", "changed")
    list_display_links = ("name",)
    list_filter = ("channel", "enabled")
    search_fields = ("name__istartswith",)
    form = AccountForm
    fieldsets = (
        (None, {"fields": ("name", ("kind", "channel"), ("enabled", "position"))}),
        ("Connection", {"fields": ("options", "new_credentials")}),
    )
    change_form_template = "console/account.html"
    empty_title = "No provider account yet"
    empty_text = "Live messages need one: SMTP, an e-mail service, Twilio, or the simulator."

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        context["kinds"] = registry.kinds()
        return super().render_change_form(request, context, *args, **kwargs)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        obj.credentials = form.credentials(form.cleaned_data)
        super().save_model(request, obj, form, change)
        transaction.on_commit(accounts.forget)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        super().delete_model(request, obj)
        transaction.on_commit(accounts.forget)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        super().delete_queryset(request, queryset)
        transaction.on_commit(accounts.forget)

    @admin.display(description="Kind", ordering="kind")
    def shown_kind(self, row: ProviderAccount) -> str:
        return code(row.kind)

    @admin.display(description="Channel", ordering="channel")
    def shown_channel(self, row: ProviderAccount) -> str:
        return label(row.channel)

    @admin.display(description="State", ordering="enabled")
    def state(self, row: ProviderAccount) -> str:
        return label("enabled" if row.enabled else "disabled")

    @admin.display(description="Changed", ordering="updated_at")
    def changed(self, row: ProviderAccount) -> str:
        return ago(row.updated_at)


def _stored_credentials(row: ProviderAccount) -> dict[str, Any]:
    """What is stored; nothing where no key of the ring opens it any more."""
    try:
        return row.credentials
    except SignalbusError:
        return {}


def _field(pointer: str) -> str:
    head = pointer.split("/")[1]
    return "new_credentials" if head == "credentials" else head


admin.site.register(ProviderAccount, AccountPanel)
