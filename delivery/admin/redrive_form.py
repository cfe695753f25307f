"""The form by which an operator redrives many: what the API takes, field by field."""

from collections.abc import Iterable
from typing import Any

from django import forms
from unfold.widgets import (
    UnfoldAdminRadioSelectWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanWidget,
)

from delivery.errors import ErrorClass
from delivery.models import ProviderAccount
from delivery.redrive_account import inherited
from delivery.redrives import HIGHEST_RATE, LIMIT, MOST, Order, RedriveFilter
from delivery.redrives.filters import Redrivable
from signalbus.api.problems import Problem
from signalbus.bus.streams import Channel
from signalbus.panels.moments import MomentField
from tenants.models import Mode

# Where the form has another name for what the filter knows.
NAMES = {"account": "sent_through"}
SHOWN = ("id", "name", "channel")
# Where a problem's pointer ends in another word than the field's name.
POINTED = {"/account": "through", "/filter/account": "sent_through", "/rate_per_second": "rate"}
NOTHING_ASKED = "Fill in at least one field from State to Accepted before: else all is redriven."


def one_of(label: str, words: Iterable[str], empty: str = "Any") -> forms.ChoiceField:
    """One of a few words, or any."""
    choices = [("", empty), *((str(word), str(word).replace("_", " ")) for word in words)]
    return forms.ChoiceField(
        label=label, choices=choices, required=False, widget=UnfoldAdminSelectWidget
    )


def text(label: str, help: str = "") -> forms.CharField:
    """An exact value, or none."""
    return forms.CharField(
        label=label,
        required=False,
        max_length=320,
        widget=UnfoldAdminTextInputWidget,
        help_text=help,
    )


def moment(label: str) -> MomentField:
    """A time in UTC, or none."""
    return MomentField(
        label=label,
        required=False,
        widget=UnfoldAdminTextInputWidget,
        help_text="UTC, such as 2026-11-20 18:00.",
    )


class RedriveForm(forms.Form):
    """Which deliveries, how many at most, how quickly, and through which account."""

    status = one_of("State", Redrivable)
    channel = one_of("Channel", Channel)
    error_class = one_of("Error", ErrorClass)  # type: ignore[assignment]
    topic = text("Topic")
    recipient = text("Recipient", "The recipient's id.")
    to = text("Address")
    provider = text("Provider", "The kind of provider, such as smtp.")
    sent_through = text("Account that it went through", "Its id or its name.")
    correlation_id = text("Correlation id")
    batch = forms.UUIDField(required=False, widget=UnfoldAdminTextInputWidget)
    notification = forms.UUIDField(required=False, widget=UnfoldAdminTextInputWidget)
    created_after = moment("Accepted from")
    created_before = moment("Accepted before")
    acknowledged = forms.BooleanField(
        label="Acknowledged dead letters as well", required=False, widget=UnfoldBooleanWidget
    )
    limit = forms.IntegerField(
        label="How many at most",
        min_value=1,
        max_value=MOST,
        initial=LIMIT,
        widget=UnfoldAdminTextInputWidget,
        help_text="The oldest first.",
    )
    rate = forms.FloatField(
        label="How many a second",
        required=False,
        min_value=1 / 3600,
        max_value=HIGHEST_RATE,
        widget=UnfoldAdminTextInputWidget,
        help_text="Empty: all at once.",
    )
    through = forms.ChoiceField(
        label="Send through", required=False, widget=UnfoldAdminSelectWidget
    )
    mode = forms.ChoiceField(
        choices=[(Mode.LIVE, "Live"), (Mode.TEST, "Test")],
        initial=Mode.LIVE,
        widget=UnfoldAdminRadioSelectWidget,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["through"].choices = _accounts()  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        asked = {NAMES.get(name, name) for name in RedriveFilter.__struct_fields__}
        if not self.errors and not any(given.get(name) for name in asked - {"acknowledged"}):
            raise forms.ValidationError(NOTHING_ASKED)
        return given

    def tell(self, problem: Problem) -> None:
        """Say at each field what is wrong with it, and above them what is of none."""
        for error in problem.errors:
            name = POINTED.get(error.pointer) or error.pointer.rpartition("/")[2]
            self.add_error(name if name in self.fields else None, error.detail)
        if not problem.errors:
            self.add_error(None, problem.detail)

    @property
    def named(self) -> dict[str, Any]:
        """What is filled in of the filter, and the mode, as it stands: for people to read."""
        fields = [NAMES.get(name, name) for name in RedriveFilter.__struct_fields__]
        given = {name: self[name].value() for name in ("mode", *fields)}
        return {name: value for name, value in given.items() if value}

    def order(self, actor: str) -> Order:
        """What the valid form asks for. Raises Problem for what cannot be."""
        given = self.cleaned_data
        wanted = {
            name: given[NAMES.get(name, name)] or None for name in RedriveFilter.__struct_fields__
        }
        return Order.of(
            mode=given["mode"],
            actor=actor,
            wanted=RedriveFilter(**{**wanted, "acknowledged": given["acknowledged"]}),
            limit=given["limit"],
            rate=given["rate"],
            account=given["through"] or None,
        )


def _accounts() -> list[tuple[str, str]]:
    own = ProviderAccount.objects.filter(enabled=True).order_by("channel", "name")
    shared = inherited().filter(enabled=True).order_by("channel", "name")
    found = [*own.values_list(*SHOWN), *shared.values_list(*SHOWN)]
    named = [(str(key), f"{name} ({channel})") for key, name, channel in found]
    return [("", "The accounts as ever"), *named]
