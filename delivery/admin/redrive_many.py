"""The page on which an operator counts and redrives all that a filter finds."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

from delivery import redrives
from delivery.admin import topics
from delivery.admin.actor import actor
from delivery.admin.redrive_form import RedriveForm
from delivery.admin.redrives import filter_words
from delivery.models import DeadLetter
from delivery.redrives import Counted, Order
from delivery.redrives.filters import Redrivable
from signalbus.api.problems import Problem
from signalbus.core.errors import SignalbusError
from signalbus.panels.modes import mode_of

NAMED = 3  # topics that a refusal names


class NotOneFilterError(SignalbusError):
    """The list's search means what no redrive can be asked for; the message says what to do."""


class RedriveMany:
    """Mixin of the dead letters' panel: the page, filled with what the list is asked for."""

    list_before_template = "console/dead_letters.html"

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.redrive_many)  # type: ignore[attr-defined]
        own = path("redrive-many/", view, name="delivery_deadletter_redrive_many")
        return [own, *super().get_urls()]  # type: ignore[misc]

    def redrive_many(self, request: HttpRequest) -> HttpResponse:
        try:
            form = _form(request)
        except NotOneFilterError as error:
            messages.warning(request, str(error))
            page = reverse("admin:delivery_deadletter_changelist")
            return redirect(f"{page}?{request.GET.urlencode()}")
        if request.method == "POST" and form.is_valid():
            return self._posted(request, form)
        return self._page(request, form)

    def _posted(self, request: HttpRequest, form: RedriveForm) -> HttpResponse:
        try:
            order = form.order(actor(request))
            if request.POST.get("act") == "redrive":
                return _begun(request, order)
            return self._page(request, form, redrives.count(order))
        except Problem as problem:
            form.tell(problem)
        return self._page(request, form)

    def _page(
        self, request: HttpRequest, form: RedriveForm, counted: Counted | None = None
    ) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),  # type: ignore[attr-defined]
            "form": form,
            "title": "Redrive many",
            "counted": counted,
            "which": filter_words(form.named),
        }
        return TemplateResponse(request, "console/redrive_many.html", context)


def _form(request: HttpRequest) -> RedriveForm:
    """What was sent, or what the list is asked for. Raises NotOneFilterError."""
    if request.POST:
        return RedriveForm(request.POST)
    return RedriveForm(initial=asked_of_list(request))


def _begun(request: HttpRequest, order: Order) -> HttpResponse:
    begun = redrives.begin(order)
    messages.success(request, f"{begun.counted.count} in the line again.")
    return redirect("admin:delivery_redrive_change", begun.redrive.id)


def asked_of_list(request: HttpRequest) -> dict[str, Any]:
    """The form's fields as the list of dead letters is filtered at present.

    Raises NotOneFilterError.
    """
    asked, mode = request.GET, mode_of(request)
    return {
        "mode": mode,
        "status": Redrivable.DEAD.value,
        "channel": asked.get("channel__exact") or asked.get("channel", ""),
        "error_class": asked.get("error_class", ""),
        "acknowledged": asked.get("state") == "all",
        **_searched(mode, asked.get("q", "").replace("\0", "").strip()),
    }


def _searched(mode: str, text: str) -> dict[str, Any]:
    """A topic, or the notification that an id leads to."""
    if not text:
        return {}
    try:
        key = UUID(text)
    except ValueError:
        return {"topic": _one_topic(mode, text)}
    which = Q(id=key) | Q(delivery_id=key) | Q(notification_id=key)
    letter = DeadLetter.objects.filter(which).first()
    return {"notification": letter.notification_id if letter else key}


def _one_topic(mode: str, text: str) -> str:
    """The only topic that the search finds letters of. Raises NotOneFilterError."""
    letters = DeadLetter.objects.filter(mode=mode, topic__in=topics.beginning_with(text))
    found = sorted(set(letters.order_by().values_list("topic", flat=True).distinct()))
    if not found:
        raise NotOneFilterError(f"“{text}” finds no dead letter: there is nothing to redrive.")
    if len(found) > 1:
        more = f" and {len(found) - NAMED} more" if len(found) > NAMED else ""
        raise NotOneFilterError(
            f"“{text}” finds dead letters of {len(found)} topics: {', '.join(found[:NAMED])}{more}."
            " A redrive takes one of them, or all topics: search for the whole name of one, or for"
            " nothing."
        )
    return str(found[0])
