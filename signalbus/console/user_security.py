"""What an owner may do with another user's log-ins."""

from dataclasses import replace
from functools import partial
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html

from signalbus.console import security_mail
from signalbus.console.forgotten import show_link
from signalbus.console.own_sign_ins import sign_ins_of
from signalbus.console.passwords import ended_elsewhere
from signalbus.panels.buttons import Button, PlacedButton
from signalbus.panels.words import label
from tenants.audit.acts import Act
from tenants.audit.notes import note
from tenants.operators import made_keys, sign_ins, two_factor

SECURITY_BUTTONS = (
    Button(
        name="end-sign-ins",
        title="Log out everywhere",
        icon="logout",
        method="end_sign_ins",
        shown=lambda user: user.is_active,
        sure="This user will be logged out in all browsers, and may log in again. Go on?",
    ),
    Button(
        name="new-password",
        title="Link to a new password",
        icon="password",
        method="show_password_link",
        shown=lambda user: user.is_active,
        sure="Are you sure that it is they who ask?",
    ),
    Button(
        name="reset-second-factor",
        title="Reset second factor",
        icon="lock_reset",
        method="reset_second_factor",
        shown=lambda user: two_factor.is_on(user.pk),
        tone="bad",
        sure="Their password alone will let them in until they set up another. Are you sure that"
        " it is they who ask?",
    ),
)
NOT_OWN = frozenset({"new-password", "reset-second-factor"})
DEACTIVATE = "deactivate"
STAY = (
    "Keys that they made for applications go on working: {keys}. Revoke those that they may still "
    "know. "
)
ASKED = "Of yourself you change that here, where your present password is asked."


class UserSecurity:
    """Mixin of the panel of users."""

    def get_urls(self) -> list[URLPattern]:
        site = self.admin_site  # type: ignore[attr-defined]
        page = site.admin_view(partial(self._show_sign_ins))
        own = path("<path:object_id>/sign-ins/", page, name="auth_user_sign_ins")
        return [own, *super().get_urls()]  # type: ignore[misc]

    @admin.display(description="Logged in")
    def logged_in_at(self, user: User) -> str:
        count = sign_ins.open_ones().filter(user=user).count()
        if not count:
            return "nowhere"
        link = reverse("admin:auth_user_sign_ins", args=[user.pk])
        words = "1 browser" if count == 1 else f"{count} browsers"
        return format_html('<a class="sb-link" href="{}">in {}</a>', link, words)

    def end_sign_ins(self, request: HttpRequest, user: User) -> str:
        here = request.sign_in  # type: ignore[attr-defined]
        ended = sign_ins.end_all(user.pk, besides=here)
        note(Act.END_LOG_INS, user, detail=f"{ended} ended.")
        return f"{user.get_username()} was logged out in {ended} browser(s)."

    def placed(self, request: HttpRequest, obj: Any) -> list[PlacedButton]:
        """Of oneself without those for which one's own pages ask for the present password."""
        found: list[PlacedButton] = super().placed(request, obj)  # type: ignore[misc]
        if not _is_own(request, obj):
            return [_with_keys(each, obj) for each in found]
        return [each for each in found if each.button.name not in NOT_OWN]

    def show_password_link(self, request: HttpRequest, user: User) -> HttpResponse:
        if _is_own(request, user):
            return _to_own(request, "password_change")
        note(Act.RESET_LINK, user)
        return show_link(self.admin_site, request, user)  # type: ignore[attr-defined]

    @admin.display(description="Second factor")
    def second_factor(self, user: User) -> str:
        return label("on" if two_factor.is_on(user.pk) else "off")

    def reset_second_factor(self, request: HttpRequest, user: User) -> str | HttpResponse:
        if _is_own(request, user):
            return _to_own(request, "two_factor")
        two_factor.reset(user.pk)
        security_mail.tell(request, user, security_mail.REMOVED)
        return f"{user.get_username()} logs in by the password alone, until they set up another."

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> Any:
        if _is_own(request, self.get_object(request, unquote(id))):  # type: ignore[attr-defined]
            return _to_own(request, "password_change")
        answer = super().user_change_password(request, id, form_url)  # type: ignore[misc]
        return ended_elsewhere(request, int(id), answer) if request.method == "POST" else answer

    def _show_sign_ins(self, request: HttpRequest, object_id: str) -> HttpResponse:
        user = self.get_object(request, unquote(object_id))  # type: ignore[attr-defined]
        if user is None:
            raise Http404
        return sign_ins_of(self.admin_site, request, user)  # type: ignore[attr-defined]


def _is_own(request: HttpRequest, user: User | None) -> bool:
    return user is not None and user.pk == request.user.pk


def _with_keys(placed: PlacedButton, user: User) -> PlacedButton:
    """The button; where it deactivates somebody, the question names the keys that go on working."""
    if placed.button.name != DEACTIVATE:
        return placed
    keys = made_keys.working(user)
    named = STAY.format(keys=", ".join(keys)) if keys else ""
    return replace(placed, button=replace(placed.button, sure=f"{named}{placed.button.sure}"))


def _to_own(request: HttpRequest, page: str) -> HttpResponse:
    """Somebody at an open screen must not get past the question for the present password."""
    messages.warning(request, ASKED)
    return redirect(f"admin:{page}")
