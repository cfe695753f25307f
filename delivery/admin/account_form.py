"""The form of a provider account: an input for each option and credential of its kind.

Credentials are written, never read: the page says only which are stored.
"""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.html import escape
from unfold.widgets import (
    UnfoldAdminPasswordWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from delivery.account_limits import (
    BIGGEST_BURST,
    FASTEST,
    HEAVIEST,
    SLOWEST,
    problems_of_limits,
)
from delivery.models import ProviderAccount
from delivery.providers import registry
from delivery.providers.hosts import problems_of_hosts
from delivery.providers.kinds import Field, Kind, Type
from signalbus.core.errors import SignalbusError
from tenants.models import PlatformAccount

OPTIONS, CREDENTIALS = "options", "credentials"
FORGET = "forget_credentials"
YES_OR_NO = [("", "Default"), ("true", "Yes"), ("false", "No")]


def rate(help: str) -> forms.FloatField:
    """Messages per second; empty for no limit."""
    return forms.FloatField(
        required=False,
        min_value=SLOWEST,
        max_value=FASTEST,
        widget=UnfoldAdminTextInputWidget,
        help_text=help,
    )


def number(most: int, help: str) -> forms.IntegerField:
    """A whole number from 1; empty for 1."""
    return forms.IntegerField(
        required=False,
        min_value=1,
        max_value=most,
        initial=1,
        widget=UnfoldAdminTextInputWidget,
        help_text=help,
    )


class AccountForm(forms.ModelForm):
    """Checked by the kind's own table of fields, as requests of the API are."""

    account_kind: Kind

    kind = forms.ChoiceField(widget=UnfoldAdminSelectWidget({"data-reload": "kind"}))
    channel = forms.ChoiceField(widget=UnfoldAdminSelectWidget)
    weight = number(HEAVIEST, "Its share among accounts of the same position.")
    per_second = rate("Messages per second; empty: no limit.")
    burst = number(BIGGEST_BURST, "Messages that may go at once after a pause.")
    domain_per_second = rate("Messages per second to each domain of recipients; empty: no limit.")
    forget_credentials = forms.BooleanField(
        label="Forget what is stored",
        required=False,
        widget=UnfoldBooleanSwitchWidget,
        help_text="All stored credentials go; those that are written here take their place.",
    )

    class Meta:
        model = ProviderAccount
        fields: tuple[str, ...] = (
            *("name", "kind", "channel", "enabled", "position", "weight"),
            *("per_second", "burst", "domain_per_second"),
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stored = stored_credentials(self.instance)
        if not self.instance._state.adding:
            self.fields.pop("kind", None)  # it is shown, and nobody changes it
        self._choose("kind", [(kind.name, kind.label) for kind in registry.kinds()])
        self._choose("channel", [(name, name) for name in self.account_kind.channels])
        for field in self.account_kind.options:
            self.fields[name_of(OPTIONS, field)].initial = _shown(self.instance, field)
        for field in self.account_kind.credentials:
            if field.name in self.stored:
                self._mark_stored(self.fields[name_of(CREDENTIALS, field)], field)

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if not self.errors:
            self._check(given)
        return given

    def clean_weight(self) -> int:
        return self.cleaned_data["weight"] or 1

    def clean_burst(self) -> int:
        return self.cleaned_data["burst"] or 1

    def options(self) -> dict[str, Any]:
        """What was written, without what was left empty."""
        return _written(self.cleaned_data, OPTIONS, self.account_kind.options)

    def credentials(self) -> dict[str, Any]:
        """The stored ones, unless they are to be forgotten, and those that were written anew."""
        kept = {} if self.cleaned_data.get(FORGET) else self.stored
        new = _written(self.cleaned_data, CREDENTIALS, self.account_kind.credentials)
        return {**kept, **new}

    def _check(self, given: dict[str, Any]) -> None:
        kind = self.account_kind
        options = self.options()
        if kind.needs_one_of and not any(options.get(name) for name in kind.needs_one_of):
            labels = [field.label for field in kind.options if field.name in kind.needs_one_of]
            self.add_error(None, ValidationError(f"Fill in {' or '.join(labels)}."))
            return
        channel = given["channel"]
        found = registry.validate(kind.name, channel, options, self.credentials())
        found += problems_of_limits(channel, given.get("domain_per_second"))
        if isinstance(self.instance, ProviderAccount):  # the platform's owner may name any host
            found = found or list(problems_of_hosts(kind.name, options, self.instance.options))
        for pointer, detail in found:
            self.add_error(self._field_at(pointer), detail)

    def _field_at(self, pointer: str) -> str | None:
        name = "__".join(pointer.split("/")[1:])
        return name if name in self.fields else None

    def _choose(self, name: str, choices: list[tuple[str, str]]) -> None:
        if name in self.fields:
            self.fields[name].choices = choices  # type: ignore[attr-defined]

    def _mark_stored(self, field: forms.Field, credential: Field) -> None:
        field.required = False
        told = f"{credential.help} Stored. Leave it empty to keep it."
        field.help_text = escape(told.strip())


def form_of(kind: Kind, base: type[AccountForm] = AccountForm) -> type[AccountForm]:
    """The form of accounts of this kind."""
    inputs = dict(_inputs(kind))
    return type("KindForm", (base,), {"account_kind": kind, **inputs})


def name_of(part: str, field: Field) -> str:
    """What the form calls an option or a credential."""
    return f"{part}__{field.name}"


def stored_credentials(row: ProviderAccount | PlatformAccount) -> dict[str, Any]:
    """What is stored; nothing where no key of the ring opens it any more."""
    try:
        return row.credentials
    except SignalbusError:
        return {}


def _inputs(kind: Kind) -> Iterator[tuple[str, forms.Field]]:
    for field in kind.options:
        yield name_of(OPTIONS, field), _option(field)
    for field in kind.credentials:
        yield name_of(CREDENTIALS, field), _credential(field)


def _option(field: Field) -> forms.Field:
    common: dict[str, Any] = {
        "label": field.label,
        "required": field.required,
        "help_text": escape(field.help),
    }
    if field.choices:
        offered = [("", "Default"), *((each, each) for each in field.choices)]
        return forms.ChoiceField(choices=offered, widget=UnfoldAdminSelectWidget, **common)
    if field.type is Type.BOOLEAN:
        return forms.ChoiceField(choices=YES_OR_NO, widget=UnfoldAdminSelectWidget, **common)
    if field.type is Type.WHOLE:
        return forms.IntegerField(widget=UnfoldAdminTextInputWidget, **common)
    if field.type is Type.NUMBER:
        return forms.FloatField(widget=UnfoldAdminTextInputWidget, **common)
    if field.type is Type.LINES:
        return forms.CharField(widget=UnfoldAdminTextareaWidget, strip=False, **common)
    return forms.CharField(widget=UnfoldAdminTextInputWidget, **common)


def _credential(field: Field) -> forms.Field:
    return forms.CharField(
        label=field.label,
        required=field.required,
        help_text=escape(field.help),
        strip=False,
        widget=UnfoldAdminPasswordWidget({"autocomplete": "new-password"}),
    )


def _shown(row: ProviderAccount | PlatformAccount, field: Field) -> Any:
    value = row.options.get(field.name)
    return str(value).lower() if isinstance(value, bool) else value


def _written(given: dict[str, Any], part: str, fields: tuple[Field, ...]) -> dict[str, Any]:
    values = {field: given.get(name_of(part, field)) for field in fields}
    return {
        field.name: value == "true" if field.type is Type.BOOLEAN else value
        for field, value in values.items()
        if value not in (None, "")
    }
