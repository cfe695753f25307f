"""`/sandbox/messages`: what the simulator took."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from msgspec import Meta, Struct

from delivery.models import SandboxMessage
from notifications.fields import stored_form
from signalbus.api.filters import Filter, matching
from signalbus.api.operations import Operation, choice, identifier, text
from signalbus.api.pagination import PAGE_PARAMETERS, Page, paginate
from signalbus.api.rendering import JSONAnswer
from signalbus.api.views import APIResource
from signalbus.bus.streams import Channel
from signalbus.core import personal

FILTERS = (
    Filter(lookup="address", parameter=text("to", "The address."), form=stored_form),
    Filter(
        lookup="notification_id",
        parameter=identifier("notification", "The notification it belongs to."),
    ),
    Filter(lookup="channel", parameter=choice("channel", "The channel.", list(Channel))),
)


class SandboxMessageOut(Struct, kw_only=True):
    """A message that the simulator took, as it would have gone out."""

    id: Annotated[UUID, Meta(description="Its id, a UUID.")]
    notification: Annotated[UUID, Meta(description="The notification that it belongs to.")]
    delivery: Annotated[UUID, Meta(description="The delivery that it belongs to.")]
    channel: Annotated[str, Meta(description="`email` or `sms`.")]
    to: Annotated[str, Meta(description="The address.")]
    sender: Annotated[str, Meta(description="Whom it is from.")]
    subject: Annotated[str, Meta(description="The subject of an e-mail; empty on other channels.")]
    text: Annotated[str, Meta(description="The text.")]
    html: Annotated[str, Meta(description="The HTML of an e-mail; empty where there is none.")]
    headers: Annotated[dict[str, Any], Meta(description="The headers of an e-mail.")]
    created_at: Annotated[datetime, Meta(description="When the simulator took it.")]


class SandboxMessages(APIResource):
    """`/sandbox/messages`"""

    operations = {
        "get": Operation(
            summary="List sandbox messages",
            description="What the simulator took, as it would have gone out, newest first.",
            answer=Page[SandboxMessageOut],
            query=tuple(each.parameter for each in FILTERS) + PAGE_PARAMETERS,
        )
    }

    def get(self, request: HttpRequest) -> HttpResponse:
        messages = SandboxMessage.objects.filter(mode=self.mode)
        rows, older, newer = paginate(request, matching(messages, request.GET, FILTERS))
        shown = [_shown(row) for row in rows]
        return JSONAnswer(Page(results=shown, next=older, previous=newer))


def _shown(row: SandboxMessage) -> SandboxMessageOut:
    """A sandbox message as it is shown."""
    return SandboxMessageOut(
        id=row.id,
        notification=row.notification_id,
        delivery=row.delivery_id,
        channel=row.channel,
        to=personal.address(row.address),
        sender=row.sender,
        subject=personal.content(row.subject, personal.HIDDEN),
        text=personal.content(row.text, personal.HIDDEN),
        html=personal.content(row.html, ""),
        headers=personal.content(row.headers, {}),
        created_at=row.created_at,
    )
