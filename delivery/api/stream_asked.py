"""What somebody asks of the live stream: whose it is, what of it, and after which event."""

from typing import Any

from django.http import HttpRequest
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from delivery.live import tickets
from delivery.live.holders import Holder, KeyHolder
from delivery.live.listener import Asked
from delivery.live.wanted import Wanted
from notifications.states import Status
from signalbus.api.filters import values
from signalbus.api.operations import choice, identifier, text
from signalbus.api.problems import PointedError, Problem, invalid
from signalbus.bus.streams import Channel
from tenants import floods, identity
from tenants.authentication import check_tenant
from tenants.identity import KeyIdentity

LAST_EVENT_ID = "last_event_id"
LARGEST = 2**63 - 1
FILTERS = (
    choice("channel", "Of this channel alone.", list(Channel)),
    text("topic", "Of this kind of event alone."),
    choice("status", "Of those that come into this state alone.", list(Status)),
    identifier("notification", "Of this notification alone."),
)
PARAMETERS = (
    *FILTERS,
    text(LAST_EVENT_ID, "As the header `Last-Event-ID`, where none can be sent."),
    text(
        tickets.PARAMETER,
        "Instead of a key: from the address that this endpoint or the console gave, for 10 "
        "minutes.",
    ),
)


class TicketAuthentication(BaseAuthentication):
    """Whose ticket it is, as a key. Raises Problem 401 or 403."""

    def authenticate(self, request: Request) -> tuple[None, KeyIdentity]:
        holder = tickets.holder_of(request.query_params[tickets.PARAMETER])
        key = holder.found() if holder else None
        if holder is None or key is None or not identity.usable(key):
            floods.note_keyless(request._request)
            raise Problem("unauthenticated", "The ticket is not valid any more: get another one.")
        check_tenant(key.tenant)
        request._request.tenant = key.tenant  # type: ignore[attr-defined]
        request._request.holder = holder  # type: ignore[attr-defined]
        return None, key


def asked_of(request: HttpRequest, key: KeyIdentity) -> Asked:
    """What the request asks for. Raises Problem 400 or 422."""
    found = values(request.GET, PARAMETERS, others=())
    wanted = {each.name: found.get(each.name) for each in FILTERS}
    header = request.headers.get("Last-Event-ID", "").strip()
    return Asked(
        tenant=key.tenant,
        holder=_holder(request, key),
        wanted=Wanted(mode=key.mode, **wanted),
        after=_id(header or found.get(LAST_EVENT_ID, "")),
    )


def _holder(request: Any, key: KeyIdentity) -> Holder:
    holder: Holder | None = getattr(request, "holder", None)
    return holder or KeyHolder(key=key.id)


def _id(text: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and int(text) <= LARGEST):
        detail = "Send the `id` of an event of this stream as it came, or leave it out."
        raise invalid(PointedError(f"/{LAST_EVENT_ID}", detail))
    return int(text)
