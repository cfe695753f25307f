"""`/stream`: what becomes of deliveries, as it happens.

The view is the door of two kinds of processes: that of the stream opens it, and a web process,
which cannot hold connections for long, sends the client on to it with a ticket.
"""

from typing import cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from rest_framework.authentication import BaseAuthentication

from delivery.api.stream_asked import PARAMETERS, TicketAuthentication, asked_of
from delivery.live import tickets
from delivery.live.holders import KeyHolder
from delivery.live.listener import Asked
from delivery.live.trimming import KEPT
from signalbus.api.operations import Operation, Other
from signalbus.api.problems import Problem
from signalbus.api.views import APIResource
from tenants.identity import KeyIdentity

EVENT_STREAM = "text/event-stream"
PATH = "/api/v1/stream"
ACCEPTED = ("*/*", "text/*", EVENT_STREAM)
OPENS = "opens_streams"  # set on the requests of the stream's own process
HERE = {
    "Cache-Control": "no-store",
    "X-Accel-Buffering": "no",
    # Pages are sent on from their own origin, with a ticket and without any cookie.
    "Access-Control-Allow-Origin": "*",
}


class Opened(HttpResponse):
    """The answer to whoever may listen: its headers, and what is to be told after them."""

    def __init__(self, asked: Asked) -> None:
        super().__init__(content_type=EVENT_STREAM, headers=HERE)
        self.asked = asked


class Stream(APIResource):
    """`/stream`"""

    operations = {
        "get": Operation(
            summary="Listen to the states of deliveries",
            description="Server-sent events: one named `delivery` each time that a delivery of the "
            "key's mode is made, or comes into another state. Its data has `delivery`, "
            "`notification`, `channel`, `topic`, `status`, `previous`, `reason`, `provider`, "
            "`error_class` and `at`, and nothing about people. An attempt that will be repeated is "
            "no other state. Who comes back with the header `Last-Event-ID`, as an `EventSource` "
            "does by itself, gets what it has missed, each event once and in the same order: they "
            f"are kept for {KEPT.total_seconds() / 60:.0f} minutes after somebody last listened. "
            "Where some are gone, an event `reset` says so: read what you show anew. The `id` goes "
            "on without an event too. Lines that begin with a colon are signs of life, at least "
            "every 20 s; who does not read is cut off. A stream ends when its key is revoked or "
            "its tenant suspended, and now and then without a reason: come back.",
            answer=str,
            answer_type=EVENT_STREAM,
            others=(
                Other(
                    status=307,
                    description="The stream is at `Location`, with a ticket instead of the key.",
                ),
            ),
            query=PARAMETERS,
            problems=("not-acceptable", "invalid", "too-many-streams"),
        )
    }

    def get_authenticators(self) -> list[BaseAuthentication]:
        request = getattr(self, "request", None)
        if request is not None and tickets.PARAMETER in request.GET:
            return [TicketAuthentication()]
        return super().get_authenticators()

    def get(self, request: HttpRequest) -> HttpResponse:
        key = cast(KeyIdentity, self.request.auth)
        asked = asked_of(request, key)
        _check_accepted(request.headers.get("Accept", ""))
        if getattr(self.request._request, OPENS, False):
            return Opened(asked)
        return _sent_on(request, asked)


def _check_accepted(accept: str) -> None:
    named = {part.partition(";")[0].strip().lower() for part in accept.split(",")} - {""}
    if named and not named & set(ACCEPTED):
        raise Problem("not-acceptable", f"Here is {EVENT_STREAM}, and nothing else: accept it.")


def _sent_on(request: HttpRequest, asked: Asked) -> HttpResponse:
    """To the stream's own process, with the same question."""
    if not settings.STREAM_URL:
        detail = "Whoever runs the installation: have the proxy send /api/v1/stream to run_stream."
        raise Problem("unavailable", f"The live stream is not reached here. {detail}")
    query = request.GET.copy()
    if isinstance(asked.holder, KeyHolder) and tickets.PARAMETER not in query:
        query[tickets.PARAMETER] = tickets.of_key(asked.holder.key)
    address = f"{settings.STREAM_URL.rstrip('/')}{PATH}?{query.urlencode()}"
    return HttpResponse(status=307, headers={"Location": address, "Cache-Control": "no-store"})
