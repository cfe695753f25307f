"""Another password, by oneself or by an owner: it ends the log-ins in all other browsers."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseRedirectBase

from signalbus.console.entering import throttled
from tenants.floods import address_of
from tenants.operators import sign_ins, tries
from tenants.operators.tries import TooManyTriesError


def change_own_password(
    site: Any, request: HttpRequest, change: Callable[[HttpRequest], HttpResponse]
) -> HttpResponse:
    """One's own, for which the present one is asked; guessing it is slowed like a code."""
    if request.method != "POST":
        return change(request)
    try:
        tries.check_code(address_of(request), request.user.get_username())
    except TooManyTriesError as error:
        return throttled(site, request, error)
    with transaction.atomic():
        _hold(request.user)
        answer = change(request)
    return ended_elsewhere(request, request.user.pk or 0, answer)


def _hold(user: Any) -> None:
    """Read the user anew, whom nobody deactivates until the transaction ends: all of the row is
    written along with the password."""
    get_user_model().objects.select_for_update().get(pk=user.pk)
    user.refresh_from_db()


def ended_elsewhere(request: HttpRequest, user_id: int, answer: HttpResponse) -> HttpResponse:
    """The answer; where the password was changed, only this log-in stays, if it is the user's."""
    if isinstance(answer, HttpResponseRedirectBase):
        sign_ins.end_all(user_id, besides=request.sign_in)  # type: ignore[attr-defined]
    return answer
