"""`/sandbox/messages`: what the simulator took."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from msgspec import Struct

from delivery.models import SandboxMessage
from notifications.fields import stored_form
from signalbus.api.filters import Filter, matching
from signalbus.api.operations import Operation, choice, identifier, text
from signalbus.api.pagination import PAGE_PARAMETERS, Page, paginate
from signalbus.api.rendering import JSONAnswer
from signalbus.api.views import APIResource
from signalbus.bus.streams import Channel

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

    id: UUID
    notification: UUID
    delivery: UUID
    channel: str
    to: str
    sender: str
    subject: str
    text: str
    html: str
    headers: dict[str, Any]
    created_at: datetime


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
        to=row.address,
        sender=row.sender,
        subject=row.subject,
        text=row.text,
        html=row.html,
        headers=row.headers,
        created_at=row.created_at,
    )
