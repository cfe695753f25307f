"""Signalbus's addresses and the view that does nothing: it sets the mark for accepting."""

from typing import Any

from django.urls import path
from rest_framework.response import Response

from notifications.requests import NotifyRequest
from signalbus.api.views import APIResource
from signalbus.urls_platform import urlpatterns as signalbus_urls

ANSWER = {
    "id": "01999999-9999-7999-8999-999999999999",
    "topic": "order.shipped",
    "status": "queued",
    "recipient": "user-1",
    "created_at": "2026-01-01T00:00:00Z",
    "correlation_id": None,
    "trace_id": "0" * 32,
    "deliveries": [
        {
            "id": "01999999-9999-7999-8999-999999999999",
            "channel": "email",
            "status": "queued",
            "reason": None,
            "to": "a**@example.org",
            "available_at": "2026-01-01T00:00:00Z",
        }
    ],
}


class Nothing(APIResource):
    """Checks the key, reads the body and answers as `POST /notify` does; asks no database."""

    def post(self, _request: Any) -> Response:
        self.read(NotifyRequest)
        return Response(ANSWER, status=202)


# The route's name is the one of the endpoint that it stands in for: the same scope is checked.
urlpatterns = [path("nothing", Nothing.as_view(), name="notify"), *signalbus_urls]
