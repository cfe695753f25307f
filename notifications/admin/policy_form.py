"""The form of a policy: an input for each figure, checked as requests of the API are."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget, UnfoldAdminTextInputWidget

from notifications.deciding.patience import BOUNDS, misfits
from notifications.deciding.terms import LONGEST_WATCH, OVERRIDABLE, SHORTEST_WATCH, Terms
from notifications.deciding.terms import misfits as misfits_of_terms
from notifications.models import Policy
from signalbus.panels.named_rows import NamedRows

COMMON = "Empty: as priority and channel have it."
LABELS: Mapping[str, tuple[str, str]] = {
    "first": ("First pause", "Seconds that the pause after the first try lasts at most."),
    "factor": ("Factor", "How many times longer the pause may be with each further try."),
    "longest": ("Longest pause", "Seconds that no pause exceeds."),
    "tries": ("Tries", "Calls of a provider, the first one included."),
    "deadline": ("Deadline", "Seconds after which no try begins."),
}
OVERRIDES = "Send in spite of suppressions for these reasons. Complaints and opt-outs always stand."


def name_of(figure: str) -> str:
    """What the form calls a figure of retrying."""
    return f"retry_{figure}"


RETRY = tuple(name_of(figure) for figure in BOUNDS)


def _input(figure: str) -> forms.Field:
    label, meaning = LABELS[figure]
    least, most = BOUNDS[figure]
    kind = forms.IntegerField if figure == "tries" else forms.FloatField
    return kind(
        label=label,
        required=False,
        widget=UnfoldAdminTextInputWidget,
        help_text=f"{meaning} From {least:g} to {most:.0f}. {COMMON}",
    )


class PolicyForm(forms.ModelForm):
    """`retry` is written figure by figure; one that is left empty is not asked for."""

    retry_first = _input("first")
    retry_factor = _input("factor")
    retry_longest = _input("longest")
    retry_tries = _input("tries")
    retry_deadline = _input("deadline")
    watch_seconds = forms.IntegerField(
        label="Wait for a receipt",
        required=False,
        min_value=SHORTEST_WATCH,
        max_value=LONGEST_WATCH,
        widget=UnfoldAdminTextInputWidget,
        help_text="Seconds. Without a receipt of delivery by then the next account, or the next "
        "fallback, is used, once. Empty: receipts are not waited for.",
    )
    overrides = forms.MultipleChoiceField(
        label="Overrides",
        required=False,
        choices=[(reason, reason.replace("_", " ")) for reason in OVERRIDABLE],
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        help_text=OVERRIDES,
    )

    class Meta:
        model = Policy
        fields = ("topic", "description", "priority", "enabled", "watch_seconds", "overrides")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for figure in BOUNDS:
            self.fields[name_of(figure)].initial = _shown(self.instance.retry.get(figure))

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        asked = {
            figure: given[name_of(figure)]
            for figure in BOUNDS
            if given.get(name_of(figure)) is not None
        }
        for figure, why in misfits(asked).items():
            self.add_error(name_of(figure), why)
        self.instance.retry = asked
        return given


class ChannelFormSet(NamedRows):
    """At least one channel is used at once, and a fallback has a time at which it is used."""

    def clean(self) -> None:
        super().clean()
        fallbacks = [
            bool(form.cleaned_data.get("fallback"))
            for form in self.forms
            if form.cleaned_data and not form.cleaned_data.get("DELETE")
        ]
        terms = Terms(fallbacks=fallbacks, watch_seconds=self.instance.watch_seconds)
        wrong = misfits_of_terms(terms)
        if wrong:
            raise ValidationError(wrong[0].detail)


def _shown(figure: float | None) -> str | None:
    return None if figure is None else f"{figure:g}"
