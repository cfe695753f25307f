"""Where people are logged in: a row for each browser, and the end of it.

A row says whether its session still opens anything; so what is ended is dead with the next request,
even where the copy of the session in the cache could not be deleted. Ended rows are a history.
"""

from datetime import datetime, timedelta
from functools import partial
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib import auth
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django_otp import DEVICE_ID_SESSION_KEY
from django_otp.plugins.otp_totp.models import TOTPDevice

from tenants import floods
from tenants.operators.models import SignIn

SIGN_IN = "sign_in"  # in the session: the id of its row
SEEN_EVERY = timedelta(minutes=5)
AGENT_LENGTH = 300
KEPT_FOR = timedelta(days=90)


def begin(request: HttpRequest, user: Any) -> None:
    """Note that somebody has just logged in with this request's session."""
    made = SignIn.objects.create(
        user=user,
        session_key=request.session.session_key or "",
        address=floods.exact_address_of(request),
        agent=request.META.get("HTTP_USER_AGENT", "")[:AGENT_LENGTH],
    )
    request.session[SIGN_IN] = str(made.pk)
    request.sign_in = made  # type: ignore[attr-defined]


def user_of(request: HttpRequest) -> Any:
    """Whom the session is of, with `request.sign_in` set; nobody once it was ended.

    So it is for a session without a second factor whose user has set one up since.
    """
    user = auth.get_user(request)
    if not user.is_authenticated:
        return user
    here = _here(request, user)
    if here is None:
        request.session.flush()
        return AnonymousUser()
    request.sign_in = here  # type: ignore[attr-defined]
    _note_seen(request, here)
    return user


def open_ones() -> QuerySet[SignIn]:
    """Those whose sessions still open the console."""
    alive = Session.objects.filter(
        session_key=OuterRef("session_key"), expire_date__gt=timezone.now()
    )
    return SignIn.objects.filter(Exists(alive), ended_at=None)


def end(rows: QuerySet[SignIn]) -> int:
    """End these, their sessions with them; how many were open."""
    now = timezone.now()
    keys = dict(rows.filter(ended_at=None).values_list("pk", "session_key"))
    ended = SignIn.objects.filter(pk__in=keys, ended_at=None).update(ended_at=now)
    transaction.on_commit(partial(_delete_sessions, list(keys.values())))
    return ended


def end_all(user_id: int, besides: SignIn | None = None) -> int:
    """End all of a user's, but for one; how many were open."""
    rows = SignIn.objects.filter(user_id=user_id)
    return end(rows.exclude(pk=besides.pk) if besides else rows)


def end_here(request: HttpRequest) -> None:
    """Note that this request's session is over."""
    SignIn.objects.filter(pk=_id(request), ended_at=None).update(ended_at=timezone.now())


def purge(now: datetime) -> int:
    """Delete, in the current schema, what was last seen longer ago than it is kept, and sessions
    that lapsed; how many rows those were.
    """
    lapsed = Session.objects.filter(expire_date__lt=now).delete()[0]
    return lapsed + SignIn.objects.filter(seen_at__lt=now - KEPT_FOR).delete()[0]


def _here(request: HttpRequest, user: Any) -> SignIn | None:
    factors = TOTPDevice.objects.filter(user=OuterRef("user"), confirmed=True)
    rows = SignIn.objects.annotate(has_factor=Exists(factors))
    here = rows.filter(pk=_id(request), user=user, ended_at=None).first()
    if here and here.has_factor and DEVICE_ID_SESSION_KEY not in request.session:
        return None
    return here


def _id(request: HttpRequest) -> Any:
    return request.session.get(SIGN_IN)


def _note_seen(request: HttpRequest, here: SignIn) -> None:
    """Written seldom; a session gets another key when its user changes the password."""
    now, key = timezone.now(), request.session.session_key
    if now - here.seen_at < SEEN_EVERY and here.session_key == key:
        return
    here.seen_at, here.session_key = now, key or ""
    here.address = floods.exact_address_of(request)
    here.save(update_fields=["seen_at", "session_key", "address"])


def _delete_sessions(keys: list[str]) -> None:
    store = import_module(settings.SESSION_ENGINE).SessionStore
    for key in keys:
        store(key).delete()
