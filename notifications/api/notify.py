"""POST /notify: something happened to somebody."""

from django.http import HttpRequest, HttpResponse

from notifications.api.shown import NotificationOut
from notifications.api.single import accept_notify
from notifications.requests import NotifyRequest
from signalbus.api.operations import Operation
from signalbus.api.views import APIResource


class NotifyView(APIResource):
    """`/notify`"""

    operations = {
        "post": Operation(
            summary="Notify somebody of something",
            description="The policy of the topic decides on channels, templates and priority. "
            "`recipient` is an object, or the id of somebody known as a text. An object with an id "
            "makes or changes that recipient: what is absent or null stays as it is. A topic "
            "without a policy is refused with 422, `no-policy`.",
            body=NotifyRequest,
            answer=NotificationOut,
            status=202,
            problems=("no-policy", "quota-exceeded", "busy"),
        )
    }

    def post(self, request: HttpRequest) -> HttpResponse:
        return accept_notify(self)
