"""Forms of versions: what is written, and the data to try it with."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from unfold.widgets import (
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from signalbus.bus.streams import Channel
from signalbus.core import locales
from templates_app import services
from templates_app.models import TemplateVersion
from templates_app.services import Content, ContentError

LIQUID = "Liquid: {{ order }} comes from the request's data, {{ recipient.id }} from the recipient."

# Last part of a variable's name → what stands for it in previews and tests.
SAMPLES = {
    "code": "123456",
    "order": "A-1001",
    "id": "A-1001",
    "number": "A-1001",
    "name": "Ana",
    "url": "https://shop.example/orders/A-1001",
    "link": "https://shop.example/orders/A-1001",
    "email": "ana@example.org",
    "amount": "49.90",
    "total": "49.90",
    "price": "49.90",
    "currency": "EUR",
    "date": "20 November 2026",
    "time": "18:00",
    "minutes": "10",
    "hours": "2",
    "days": "3",
    "count": "2",
}


class VersionForm(forms.Form):
    """A new version's texts, checked by the same service as the API's."""

    channel = forms.ChoiceField(
        choices=[(c.value, c.value) for c in Channel], widget=UnfoldAdminSelectWidget
    )
    locale = forms.CharField(
        max_length=35,
        initial="en",
        widget=UnfoldAdminTextInputWidget,
        help_text="Such as fr-CA. Whoever has no text in their own locale gets fr, "
        "then the tenant's default.",
    )
    subject = forms.CharField(
        required=False, widget=UnfoldAdminTextInputWidget, help_text="E-mail only."
    )
    text = forms.CharField(
        required=False, widget=UnfoldAdminTextareaWidget({"rows": 8}), help_text=LIQUID
    )
    html = forms.CharField(
        required=False,
        label="HTML",
        widget=UnfoldAdminTextareaWidget({"rows": 14}),
        help_text="E-mail only. Of text and HTML, the one that is missing is made from the other.",
    )

    def clean_locale(self) -> str:
        canonical = locales.canonical(self.cleaned_data["locale"])
        if canonical is None:
            raise ValidationError("This is no locale: write it like en or fr-CA.")
        return canonical

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not self.errors:
            try:
                services.check(self.content())
            except ContentError as error:
                self.add_error(error.field, str(error))
        return given

    def content(self) -> Content:
        """What was written."""
        return Content(**self.cleaned_data)


class TryForm(forms.Form):
    """Data to see a version with."""

    data = forms.JSONField(  # type: ignore[assignment]
        required=False,
        widget=UnfoldAdminTextareaWidget({"rows": 6}),
        help_text="As in the request.",
    )

    def clean_data(self) -> dict[str, Any]:
        data = self.cleaned_data["data"] or {}
        if not isinstance(data, dict):
            raise ValidationError('An object is needed, such as {"order": "A-1001"}.')
        return data


def sample_of(names: Iterable[str]) -> dict[str, Any]:
    """Data with a sample for every variable, such as `order` or `order.id`."""
    data: dict[str, Any] = {}
    for name in sorted(names):
        _put(data, name.split("."))
    data.pop("recipient", None)
    return data


def _put(data: dict[str, Any], path: list[str]) -> None:
    """A sample at the end of the path; what is both a value and an object becomes the object."""
    *parents, last = path
    for parent in parents:
        if not isinstance(data.get(parent), dict):
            data[parent] = {}
        data = data[parent]
    data.setdefault(last, SAMPLES.get(last) or f"Sample {last.replace('_', ' ')}")


def content_of(version: TemplateVersion) -> Content:
    """A stored version as something that was written."""
    return Content(
        channel=version.channel,
        locale=version.locale,
        subject=version.subject,
        text=version.text,
        html=version.html,
    )


def starting_from(version: TemplateVersion | None) -> dict[str, Any]:
    """What a new version's form begins with: the texts of an older one."""
    if version is None:
        return {}
    names = ("channel", "locale", "subject", "text", "html")
    return {name: getattr(version, name) for name in names}
