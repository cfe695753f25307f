"""SMS by Twilio's official client."""

import json
from datetime import timedelta

from twilio.base.exceptions import TwilioRestException, TwilioServiceException
from twilio.rest import Client

from delivery.errors import DeliveryError, ErrorClass
from delivery.providers.account import Account
from delivery.providers.base import Accepted, Message, Outcome, Provider
from delivery.providers.http_codes import error_of_network, error_of_status
from delivery.providers.twilio import lookup
from delivery.providers.twilio.codes import BY_CODE
from delivery.providers.twilio.http import AskedToWaitError, KeptConnections
from delivery.receipts import addresses, handback

DEFAULT_TIMEOUT = 15.0
CLIENTS_WORDS = "Unable to create record: "  # put in front of the provider's own
TWILIO = "https://api.twilio.com"
# The client would take credentials and regions from the process's environment in place of an
# empty one; those are nobody's account here.
NO_ENVIRONMENT = {"signalbus": ""}


class Twilio(Provider):
    """One message a call, over connections that the threads which call share."""

    kind = "twilio"
    channels = ("sms",)
    reconciles = True

    def __init__(self, account: Account) -> None:
        super().__init__(account)
        self._base_url = str(account.options.get("base_url") or TWILIO).rstrip("/")
        self._http = KeptConnections(
            base_url=self._base_url,
            timeout=float(account.options.get("timeout") or DEFAULT_TIMEOUT),
        )
        self._messages = self._client().messages

    def send_one(self, message: Message) -> Outcome:
        made = self._messages.create(
            to=message.to, body=message.text, **self._sender(message), **self._callback(message)
        )
        return Accepted(reference=made.sid or "")

    def look_up(self, message: Message) -> Outcome | None:
        """Looks through what was sent to this number for this text since the call began."""
        return lookup.look_up(self._messages, message, self._sender(message))

    def error_of(self, error: Exception) -> DeliveryError | None:
        if isinstance(error, AskedToWaitError):
            return _asked_to_wait(error)
        if isinstance(error, TwilioRestException):
            return _refusal(error.status, error.code, error.msg.removeprefix(CLIENTS_WORDS))
        if isinstance(error, TwilioServiceException):
            return _refusal(error.status, error.code, error.detail or error.title)
        if isinstance(error, json.JSONDecodeError):
            return _unreadable(error)
        return error_of_network(error)

    def close(self) -> None:
        self._http.close()

    def _client(self) -> Client:
        options, secrets = self.account.options, self.account.credentials
        own_address = self._base_url != TWILIO
        client = Client(
            username=secrets.get("api_key") or secrets["account_sid"],
            password=secrets["auth_token"],
            account_sid=secrets["account_sid"],
            region=None if own_address else options.get("region") or None,
            edge=None if own_address else options.get("edge") or None,
            http_client=self._http,
            environment=NO_ENVIRONMENT,
        )
        client.api.base_url = self._base_url
        return client

    def _callback(self, message: Message) -> dict[str, str]:
        """Where Twilio is to tell what became of the message."""
        if not addresses.asks_for_callbacks(self.account):
            return {}
        url = addresses.hook_url(self.account.kind, self.account.id)
        return {"status_callback": f"{url}?{handback.query(message)}"}

    def _sender(self, message: Message) -> dict[str, str]:
        """The messaging service if the account has one, else the sender's number or name."""
        service = self.account.options.get("messaging_service_sid")
        if service:
            return {"messaging_service_sid": service}
        return {"from_": message.sender or self.account.sender}


def _refusal(
    status: int, code: int | None, detail: str, pause: timedelta | None = None
) -> DeliveryError:
    known = BY_CODE.get(code or 0)
    if known is None:
        return error_of_status(status, detail, code=str(code or ""), retry_after=pause)
    return DeliveryError(error_class=known, code=str(code), detail=detail, retry_after=pause)


def _asked_to_wait(error: AskedToWaitError) -> DeliveryError:
    try:
        answer = dict(json.loads(error.text))
    except (TypeError, ValueError):
        answer = {}
    words = answer.get("message") or error.text
    return _refusal(error.status, answer.get("code"), words, error.pause)


def _unreadable(error: Exception) -> DeliveryError:
    """An answer of success that cannot be read: the message was probably taken."""
    return DeliveryError(
        error_class=ErrorClass.UNKNOWN_OUTCOME, code=type(error).__name__, detail=str(error)
    )
