"""A page that sends a test: by a policy or from a template, through the same accept as the API."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from unfold.widgets import (
    UnfoldAdminRadioSelectWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from notifications import group_commit
from notifications.checking import check_direct, check_notify
from notifications.checks import Context
from notifications.models import Notification, Policy, PolicyChannel
from notifications.requests import DirectRequest, NotifyRequest, RecipientIn
from notifications.values import Asked, Refused
from signalbus.api.problems import Problem
from signalbus.core import tracing
from templates_app.admin.forms import sample_of
from templates_app.models import TemplateVersion
from tenants.audit.acts import Act
from tenants.audit.notes import note
from tenants.models import Mode

POLICY, TEMPLATE = "policy", "template"
TEST_ONLY = [(Mode.TEST, "Test: the simulator takes it, and the Sandbox shows it")]


class TestForm(forms.Form):
    """What to send, to whom, with which data."""

    what = forms.ChoiceField(
        label="Send",
        widget=UnfoldAdminSelectWidget({"data-reload": "what", "data-renews": "data"}),
    )
    email = forms.CharField(
        label="E-mail address",
        required=False,
        initial="delivered@example.org",
        widget=UnfoldAdminTextInputWidget,
    )
    phone = forms.CharField(
        label="Phone number",
        required=False,
        widget=UnfoldAdminTextInputWidget,
        help_text="With its country code, such as +33612345678.",
    )
    locale = forms.CharField(required=False, widget=UnfoldAdminTextInputWidget)
    data = forms.JSONField(  # type: ignore[assignment]
        required=False,
        widget=UnfoldAdminTextareaWidget({"rows": 6}),
        help_text="What the templates' variables stand for.",
    )
    mode = forms.ChoiceField(
        choices=[*TEST_ONLY, (Mode.LIVE, "Live: it really goes out")],
        initial=Mode.TEST,
        widget=UnfoldAdminRadioSelectWidget,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["what"].choices = _choices()  # type: ignore[attr-defined]

    def clean_data(self) -> dict[str, Any]:
        data = self.cleaned_data["data"] or {}
        if not isinstance(data, dict):
            raise ValidationError('An object is needed, such as {"order": "A-1001"}.')
        return data


class SendTest:
    """Mixin of a panel: the page itself."""

    def send_test(self, request: HttpRequest) -> HttpResponse:
        if request.POST.get("mode") == Mode.LIVE:
            self.check_may(request, "send")  # type: ignore[attr-defined]
        form = TestForm(request.POST or None, initial=_initial(request))
        if not self.may(request, "send"):  # type: ignore[attr-defined]
            form.fields["mode"].choices = TEST_ONLY  # type: ignore[attr-defined]
        if request.method == "POST" and form.is_valid():
            sent = _send(request, form)
            if sent:
                messages.success(request, "It was accepted; this page tells what becomes of it.")
                return redirect("admin:notifications_notification_change", sent)
        context = {
            **self.admin_site.each_context(request),  # type: ignore[attr-defined]
            "form": form,
            "title": "Send a test",
        }
        return TemplateResponse(request, "console/send_test.html", context)


def _initial(request: HttpRequest) -> dict[str, Any]:
    """What was chosen on another page or in the list, with a word for each of its variables."""
    what = request.GET.get("what") or _first_choice()
    return {"what": what, "data": sample_of(_required(what))}


def _first_choice() -> str:
    return next((value for _, group in _choices() for value, _ in group), "")


def _required(what: str) -> list[str]:
    """The variables of the texts that may be sent."""
    kind, _, name = what.partition(":")
    current = TemplateVersion.objects.filter(current=True)
    if kind == POLICY:
        used = PolicyChannel.objects.filter(policy__topic=name).values("template_id")
        found = current.filter(template_id__in=used)
    else:
        template, _, channel = name.rpartition(":")
        found = current.filter(template__name=template, channel=channel)
    return sorted(
        {each for required in found.values_list("required", flat=True) for each in required}
    )


def _choices() -> list[Any]:
    """Policies, and templates on each channel that they have a published text for."""
    topics = Policy.objects.filter(enabled=True).values_list("topic", flat=True)
    texts = TemplateVersion.objects.filter(current=True).order_by("template__name", "channel")
    pairs = texts.values_list("template__name", "channel").distinct()
    return [
        ("By policy", [(f"{POLICY}:{topic}", topic) for topic in topics]),
        ("From a template", [(f"{TEMPLATE}:{n}:{c}", f"{n} ({c})") for n, c in pairs]),
    ]


def _send(request: HttpRequest, form: TestForm) -> str:
    """Accept it and return its id; what is wrong is put into the form, and nothing is sent."""
    try:
        asked = _asked(form.cleaned_data)
        if isinstance(asked, Refused):
            raise asked.problem()
        tenant = request.tenant  # type: ignore[attr-defined]
        accepted = group_commit.submit(tenant, form.cleaned_data["mode"], asked)
    except Problem as problem:
        for error in problem.errors:
            form.add_error(None, f"{error.pointer}: {error.detail}")
        if not problem.errors:
            form.add_error(None, problem.detail)
        return ""
    sent = str(accepted.answer["id"])
    note(Act.SEND_TEST, Notification(id=sent), detail=form.cleaned_data["what"])
    return sent


def _asked(given: dict[str, Any]) -> Asked | Refused:
    context = Context(now=timezone.now(), trace=tracing.current_traceparent())
    kind, _, name = given["what"].partition(":")
    if kind == POLICY:
        recipient = RecipientIn(
            email=given["email"] or None,
            phone=given["phone"] or None,
            locale=given["locale"] or None,
        )
        return check_notify(
            NotifyRequest(topic=name, recipient=recipient, data=given["data"]), context
        )
    template, _, channel = name.rpartition(":")
    return check_direct(_direct(template, channel, given), context)


def _direct(template: str, channel: str, given: dict[str, Any]) -> DirectRequest:
    return DirectRequest(
        channel=channel,
        to=given["email"] if channel == "email" else given["phone"],
        template=template,
        locale=given["locale"] or None,
        data=given["data"],
    )
