"""POST /notify: something happened to somebody."""

from django.http import HttpRequest, HttpResponse

from notifications.api.single import accept_notify
from signalbus.api.views import APIResource


class NotifyView(APIResource):
    """Accepts one notification; the topic's policy decides what is sent."""

    def post(self, request: HttpRequest) -> HttpResponse:
        return accept_notify(self)
