"""A message as the HTTP request that the account describes."""

import socket

from delivery.errors import DeliveryError, ErrorClass
from delivery.providers.account import Account
from delivery.providers.base import Message, Outcome, Provider
from delivery.providers.http_codes import error_of_network
from delivery.providers.http_gateway.answer import Reading
from delivery.providers.http_gateway.request import RequestTemplate
from delivery.providers.http_gateway.secrets import Secrets
from signalbus.core.outbound import Caller
from templates_app.engine import TemplateError

DEFAULT_TIMEOUT = 15.0


class HttpGateway(Provider):
    """One message a call, over connections that the threads which call share."""

    kind = "http"
    channels = ("email", "sms")

    def __init__(self, account: Account) -> None:
        super().__init__(account)
        self._template = RequestTemplate(account.options, account.credentials)
        self._reading = Reading.of(account.options)
        self._secrets = Secrets.of(account.credentials)
        place = self._template.place
        self._caller = Caller(
            scheme=place.scheme,
            host=place.hostname or "",
            port=place.port,
            timeout=float(account.options.get("timeout") or DEFAULT_TIMEOUT),
        )

    def send_one(self, message: Message) -> Outcome:
        request = self._template.render(message)
        answer = self._caller.request(request.method, request.target, request.body, request.headers)
        outcome = self._reading.outcome(answer.status, answer.headers, answer.body)
        return self._secrets.masked(outcome)

    def error_of(self, error: Exception) -> DeliveryError | None:
        if isinstance(error, TemplateError):
            return _refused(ErrorClass.CONTENT_REFUSED, "template", error)
        if isinstance(error, socket.gaierror):
            return _refused(ErrorClass.PROVIDER_DOWN, "dns", error)
        return error_of_network(error)

    def close(self) -> None:
        self._caller.close()


def _refused(error_class: ErrorClass, code: str, error: Exception) -> DeliveryError:
    return DeliveryError(error_class=error_class, code=code, detail=str(error))
