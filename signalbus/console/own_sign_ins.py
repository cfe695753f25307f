"""Where somebody is logged in: one's own page, and an owner's of another user."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.safestring import SafeString

from signalbus.panels.words import ago
from tenants.audit.acts import Act
from tenants.audit.notes import note
from tenants.operators import agents, sign_ins
from tenants.operators.models import SignIn

OTHERS = "others"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A browser in which somebody is logged in, as the page shows it."""

    id: UUID
    browser: str
    agent: str
    address: str
    since: SafeString | str
    seen: SafeString | str
    is_here: bool


def sign_ins_page(site: Any, request: HttpRequest) -> HttpResponse:
    """One's own: end one of them, or all but this one."""
    if request.method == "POST":
        _tell(request, _end(request, request.user))
        return redirect("admin:sign_ins")
    return _page(site, request, request.user, "Where I am logged in")


def sign_ins_of(site: Any, request: HttpRequest, user: Any) -> HttpResponse:
    """Another user's, for owners: end one of them, or all."""
    if request.method == "POST":
        _tell(request, _end(request, user))
        return redirect("admin:auth_user_sign_ins", user.pk)
    return _page(site, request, user, f"Where {user.get_username()} is logged in")


@transaction.atomic
def _end(request: HttpRequest, user: Any) -> int:
    """End what the form names; of oneself never this one, which is what the log-out is for."""
    ended = sign_ins.end(_named(request, user).exclude(pk=_here(request).pk))
    if ended:
        note(Act.END_LOG_INS, user, detail=f"{ended} ended.")
    return ended


def _named(request: HttpRequest, user: Any) -> QuerySet[SignIn]:
    rows, named = SignIn.objects.filter(user=user), request.POST.get("end", "")
    try:
        return rows if named == OTHERS else rows.filter(pk=UUID(named))
    except ValueError:
        return rows.none()


def _tell(request: HttpRequest, ended: int) -> None:
    if ended:
        messages.success(request, f"{ended} log-in{'s' if ended > 1 else ''} ended.")
    else:
        messages.info(request, "There was nothing to end any more.")


def _page(site: Any, request: HttpRequest, user: Any, title: str) -> HttpResponse:
    context = {
        **site.each_context(request),
        "title": title,
        "is_own": user.pk == request.user.pk,
        "person": user,
        "places": list(_places(request, user)),
        "others": OTHERS,
    }
    return TemplateResponse(request, "console/sign_ins.html", context)


def _places(request: HttpRequest, user: Any) -> Iterator[Place]:
    here = _here(request)
    for row in sign_ins.open_ones().filter(user=user):
        yield Place(
            id=row.pk,
            browser=agents.in_words(row.agent),
            agent=row.agent,
            address=row.address or "unknown",
            since=ago(row.started_at),
            seen=ago(row.seen_at),
            is_here=row.pk == here.pk,
        )


def _here(request: HttpRequest) -> SignIn:
    here: SignIn = request.sign_in  # type: ignore[attr-defined]
    return here
