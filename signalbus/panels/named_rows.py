"""Rows of a form that stand in a table."""

from typing import Any

from django import forms
from django.forms.utils import pretty_name


class NamedRows(forms.BaseInlineFormSet):
    """Each field is named to whoever does not see the heading of its column."""

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        for name, field in form.fields.items():
            widget = getattr(field.widget, "widget", field.widget)  # what its links are put around
            widget.attrs.setdefault("aria-label", field.label or pretty_name(name))
