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
from django_tenants.utils import get_public_schema_name

from signalbus.core.process_name import application_name
from tenants import floods

NOBODY = "somebody not logged in"

_request: ContextVar[HttpRequest | None] = ContextVar("audited_request", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who acts, by the name of the time: `olga`, `key sb_live_3kQ9xT…`, `signalbus set_limits`.

    `owner` is whose own the key is, `user` the user of either as `schema/id`, which no new name
    changes. There is neither address nor request where a command acts.
    """

    name: str
    owner: str = ""
    user: str = ""
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
        user=_user_of(request),
        address=floods.exact_address_of(request),
        request_id=getattr(request, "request_id", None),
    )


def user_token(schema: str, user_id: int) -> str:
    """A user's place in the log: ids of users count from one in every schema."""
    return f"{schema}/{user_id}"


def _user_of(request: HttpRequest) -> str:
    """Of the user, or of the user whose own the key is."""
    key: Any = getattr(request, "auth", None)
    user: Any = getattr(request, "user", None)
    pk = user.pk if key is None and user is not None else getattr(key, "owner_id", None)
    tenant: Any = getattr(request, "tenant", None)
    schema = tenant.schema if tenant else get_public_schema_name()
    return user_token(schema, pk) if pk else ""


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
