"""The page on which an operator counts and redrives all that a filter finds."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path

from delivery import redrives
from delivery.admin.actor import actor
from delivery.admin.redrive_form import RedriveForm
from delivery.models import DeadLetter
from delivery.redrives import Counted
from delivery.redrives.filters import Redrivable
from signalbus.api.problems import Problem
from signalbus.panels.modes import mode_of


class RedriveMany:
    """Mixin of the dead letters' panel: the page, filled with what the list is asked for."""

    list_before_template = "console/dead_letters.html"

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.redrive_many)  # type: ignore[attr-defined]
        own = path("redrive-many/", view, name="delivery_deadletter_redrive_many")
        return [own, *super().get_urls()]  # type: ignore[misc]

    def redrive_many(self, request: HttpRequest) -> HttpResponse:
        form = RedriveForm(request.POST or None, initial=asked_of_list(request))
        counted: Counted | None = None
        if request.method == "POST" and form.is_valid():
            try:
                order = form.order(actor(request))
                if request.POST.get("act") == "redrive":
                    begun = redrives.begin(order)
                    messages.success(request, f"{begun.counted.count} in the line again.")
                    return redirect("admin:delivery_redrive_change", begun.redrive.id)
                counted = redrives.count(order)
            except Problem as problem:
                form.tell(problem)
        context = {
            **self.admin_site.each_context(request),  # type: ignore[attr-defined]
            "form": form,
            "title": "Redrive many",
            "counted": counted,
        }
        return TemplateResponse(request, "console/redrive_many.html", context)


def asked_of_list(request: HttpRequest) -> dict[str, Any]:
    """The form's fields as the list of dead letters is filtered at present."""
    asked = request.GET
    return {
        "mode": mode_of(request),
        "status": Redrivable.DEAD.value,
        "channel": asked.get("channel__exact") or asked.get("channel", ""),
        "error_class": asked.get("error_class", ""),
        "acknowledged": asked.get("state") == "all",
        **_searched(asked.get("q", "").strip()),
    }


def _searched(text: str) -> dict[str, Any]:
    """A topic, or the notification that an id leads to."""
    try:
        key = UUID(text)
    except ValueError:
        return {"topic": text}
    which = Q(id=key) | Q(delivery_id=key) | Q(notification_id=key)
    letter = DeadLetter.objects.filter(which).first()
    return {"notification": letter.notification_id if letter else key}
