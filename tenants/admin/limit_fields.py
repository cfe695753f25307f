"""The table of limits as fields of a form: a number, `off`, or empty for what holds anyway."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.utils.html import format_html_join
from unfold.widgets import UnfoldAdminTextInputWidget

from signalbus.panels.words import ago
from tenants.limit_checks import OFF, LimitsError, number_of
from tenants.limits import LIMITS, Numbers, Subject, names_of, of_key, of_tenant
from tenants.standing import Used

PREFIX = "limit_"
RATE, BURST = "requests_per_second", "requests_burst"
HELP = f"A whole number, or `{OFF}` for no limit."


def field_names(subject: Subject) -> tuple[str, ...]:
    """What the form calls the limits of such a one."""
    return tuple(PREFIX + name for name in names_of(subject))


class LimitedForm(forms.ModelForm):
    """A form whose row has `limits`; `subject` says which. `limited` declares the fields."""

    subject: ClassVar[Subject]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = self.instance.limits
        for name in names_of(self.subject):
            if name in own:
                self.initial[PREFIX + name] = OFF if own[name] is None else own[name]
            if PREFIX + name in self.fields:
                holds = _otherwise(name, self.subject, own)
                self.fields[PREFIX + name].widget.attrs["placeholder"] = holds

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        written = {name: values.get(PREFIX + name, "").strip() for name in names_of(self.subject)}
        wish = {name: number_of(text) for name, text in written.items() if text}
        try:
            self.check_limits(wish)
        except LimitsError as error:
            for name, fault in error.faults.items():
                self.add_error(PREFIX + name, fault.replace("null", OFF))
        self.instance.limits = wish
        return values

    def check_limits(self, wish: Any) -> None:
        """Raise LimitsError where the row cannot have these limits."""
        raise NotImplementedError


def limited(subject: Subject) -> Any:
    """A base for forms of rows of that kind, with a field for each of their limits."""
    fields = {PREFIX + name: _field(name) for name in names_of(subject)}
    return type(f"Limited{subject.title()}Form", (LimitedForm,), {**fields, "subject": subject})


def shown(own: Numbers) -> str:
    """A row's own limits, for those who may only look."""
    lines = ((name, OFF if number is None else number) for name, number in own.items())
    return format_html_join("", "<div>{}: {}</div>", lines) or "-"


def shown_use(usage: Iterable[Used]) -> str:
    """How far a row has come in its quotas."""
    lines = ((each.name, each.used, each.limit, ago(each.opens_at)) for each in usage)
    return format_html_join("", "<div>{}: {} of {}, whole again {}</div>", lines) or "-"


def _field(name: str) -> forms.Field:
    return forms.CharField(
        label=_title(name),
        required=False,
        max_length=20,
        widget=UnfoldAdminTextInputWidget(),
        help_text=f"{LIMITS[name].meaning}. {HELP}",
    )


def _title(name: str) -> str:
    """`sms_per_day` → `SMS per day`."""
    words = name.replace("_", " ")
    return words.replace("sms", "SMS") if words.startswith("sms") else words.capitalize()


def _otherwise(name: str, subject: Subject, own: Numbers) -> str:
    """What holds where the field is empty; a burst follows from the requests per second."""
    if subject == Subject.KEY and (name != BURST or own.get(RATE) is None):
        return "as the tenant"
    number = _burst(subject, own) if name == BURST else _number(name)
    return "no limit" if number is None else f"{number} unless set"


def _burst(subject: Subject, own: Numbers) -> int | None:
    rest = {name: number for name, number in own.items() if name != BURST}
    holding = of_key(rest) if subject == Subject.KEY else of_tenant(settings.LIMITS, rest)
    return holding.requests.burst if holding.requests else None


def _number(name: str) -> int | None:
    number: int | None = settings.LIMITS.get(name, LIMITS[name].default)
    return number
