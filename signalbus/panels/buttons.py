"""Buttons of an object's page: each a POST to an address of its own that calls a service.

Who may press one is said by the table of permissions, under the button's name.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse

from signalbus.core.errors import SignalbusError


def always(_obj: Any) -> bool:
    """For buttons that are there whatever the object's state."""
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """`method` of the panel takes request and object, and returns what to tell, or a page to show.

    `ask` is the label of a text that goes along as `reason`; `sure` a question asked before.
    What the method calls notes what was done, by whom and why, in the audit log.
    """

    name: str
    title: str
    icon: str
    method: str
    shown: Callable[[Any], bool] = always
    tone: str = "calm"
    ask: str = ""
    sure: str = ""


@dataclass(frozen=True, slots=True)
class PlacedButton:
    """A button with the address it posts to."""

    button: Button
    url: str


class Refusal(PermissionDenied):
    """What was asked needs a permission that the user lacks; it is named, as `app.verb_model`."""

    def __init__(self, permission: str) -> None:
        super().__init__(permission)
        self.permission = permission


class Buttons:
    """Mixin of a panel: its buttons' addresses, and the buttons that an object shows."""

    buttons: ClassVar[Sequence[Button]] = ()
    change_form_template = "console/change_form.html"

    def permission(self, verb: str) -> str:
        """The name that the table of permissions knows this verb of the panel's model by."""
        opts = self.opts  # type: ignore[attr-defined]
        return f"{opts.app_label}.{verb}_{opts.model_name}"

    def may(self, request: HttpRequest, verb: str) -> bool:
        """Whether this user may do that with objects of the panel's model."""
        return request.user.has_perm(self.permission(verb))

    def check_may(self, request: HttpRequest, verb: str) -> None:
        """Raise Refusal unless this user may do that."""
        if not self.may(request, verb):
            raise Refusal(self.permission(verb))

    def get_urls(self) -> list[URLPattern]:
        own = [
            path(
                f"<path:object_id>/{button.name}/",
                self.admin_site.admin_view(partial(self._press, button=button)),  # type: ignore[attr-defined]
                name=self._url_name(button),
            )
            for button in self.buttons
        ]
        return own + super().get_urls()  # type: ignore[misc]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        context["buttons"] = self.placed(request, kwargs.get("obj"))
        return super().render_change_form(request, context, *args, **kwargs)  # type: ignore[misc]

    def placed(self, request: HttpRequest, obj: Any) -> list[PlacedButton]:
        """The buttons that this user may press on the object in its present state."""
        if obj is None:
            return []
        return [
            PlacedButton(button, reverse(f"admin:{self._url_name(button)}", args=[obj.pk]))
            for button in self.buttons
            if self.may(request, button.name) and button.shown(obj)
        ]

    def _url_name(self, button: Button) -> str:
        opts = self.opts  # type: ignore[attr-defined]
        return f"{opts.app_label}_{opts.model_name}_{button.name}"

    def _press(self, request: HttpRequest, object_id: str, button: Button) -> HttpResponse:
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        self.check_may(request, button.name)
        obj = self.get_object(request, unquote(object_id))  # type: ignore[attr-defined]
        if obj is None:
            raise Http404
        page = self._run(request, obj, button)
        if page is not None:
            return page
        opts = self.opts  # type: ignore[attr-defined]
        return redirect(f"admin:{opts.app_label}_{opts.model_name}_change", object_id)

    def _run(self, request: HttpRequest, obj: Any, button: Button) -> HttpResponse | None:
        """Do it, and tell; the page to be shown, where there is one of its own."""
        try:
            told = getattr(self, button.method)(request, obj)
        except SignalbusError as error:
            messages.error(request, str(error))
            return None
        if isinstance(told, HttpResponse):
            return told
        messages.success(request, told)
        return None
