"""`/notifications/{id}`: one notification and its whole story."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse

from delivery.api.shapes import DetailOut, attempt_out, receipt_out
from delivery.history import content, timeline, trail
from notifications.models import Notification
from signalbus.api.filters import values
from signalbus.api.operations import Operation, choice
from signalbus.api.rendering import JSONAnswer
from signalbus.api.views import APIResource

INCLUDE = choice("include", "`content` adds what was said, rendered anew.", ["content"])


def notification_of(mode: str, key: UUID) -> Notification:
    """The notification with its recipient. Raises Http404 where this mode has none."""
    rows = Notification.objects.select_related("recipient").filter(mode=mode, id=key)
    row = rows.first()
    if row is None:
        raise Http404
    return row


class NotificationItem(APIResource):
    """`/notifications/{id}`"""

    operations = {
        "get": Operation(
            summary="Show a notification",
            description="With its timeline, its attempts and what providers said later.",
            answer=DetailOut,
            query=(INCLUDE,),
        )
    }

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        asked = values(request.GET, (INCLUDE,), others=())
        story = trail(notification_of(self.mode, kwargs["id"]))
        answer = {
            **story.found.answer(),
            "timeline": timeline(story),
            "attempts": [attempt_out(row) for row in story.attempts],
            "receipts": [receipt_out(row) for row in story.receipts],
        }
        if "include" in asked:
            answer["content"] = content(story.found)
        return JSONAnswer(answer)
