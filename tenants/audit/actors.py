"""Who is acting at this moment: a user in a console, a key, or a process without anybody.

The middleware leaves the request here, which costs nothing; it is looked at when something is
written into the log, and most requests write nothing.
"""

import sys
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model
from django.http import HttpRequest

from signalbus.core.process_name import application_name
from tenants import floods

NOBODY = "somebody not logged in"

_request: ContextVar[HttpRequest | None] = ContextVar("audited_request", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who acts, by the name of the time: `olga`, `key sb_live_3kQ9xT…`, `signalbus set_limits`.

    `owner` is whose own the key is. There is neither address nor request where a command acts.
    """

    name: str
    owner: str = ""
    address: str | None = None
    request_id: str | None = None


def enter(request: HttpRequest | None) -> None:
    """Say at the door whose request this thread works on from now on; None at its end."""
    _request.set(request)


def current() -> Actor:
    """Who acts in this thread."""
    request = _request.get()
    if request is None:
        return Actor(name=application_name(sys.argv))
    name, owner = _names(request)
    return Actor(
        name=name,
        owner=owner,
        address=floods.exact_address_of(request),
        request_id=getattr(request, "request_id", None),
    )


def _names(request: HttpRequest) -> tuple[str, str]:
    """Of the key or the user, and of the key's owner."""
    key: Any = getattr(request, "auth", None)
    if key is not None:
        return key.actor, _owner_of(key)
    user: Any = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        return user.get_username(), ""
    return NOBODY, ""


def _owner_of(key: Any) -> str:
    owner_id = getattr(key, "owner_id", None)
    if owner_id is None:
        return ""
    user = get_user_model().objects.filter(pk=owner_id).first()
    return user.get_username() if user else ""
