"""E-mail through any service that anymail speaks to; esps says which and how."""

from typing import Any

import requests
from anymail.backends.base import AnymailBaseBackend
from django.utils.module_loading import import_string

from delivery.errors import DeliveryError
from delivery.providers.account import Account
from delivery.providers.base import Accepted, Message, Outcome, Provider
from delivery.providers.email import hooks
from delivery.providers.email.anymail_codes import ACCEPTED, error_of_anymail, error_of_statuses
from delivery.providers.email.esps import BY_NAME, Esp
from delivery.providers.email.message import build
from delivery.providers.http_session import CONNECTIONS, tuned
from delivery.receipts import handback

DEFAULT_TIMEOUT = 15.0
# What anymail's backends do not know.
OURS = frozenset({"from", "reply_to", "timeout", "dkim_selector"}) | hooks.NAMES
AMAZON = "amazon_ses"
AMAZON_SESSION = (
    "aws_access_key_id",
    "aws_secret_access_key",
    "aws_session_token",
    "region_name",
)


class Anymail(Provider):
    """One message a call, over connections that the threads which call share."""

    channels = ("email",)

    def __init__(self, account: Account) -> None:
        super().__init__(account)
        self.kind = account.kind  # type: ignore[misc]
        self._esp = BY_NAME[account.kind]
        self._backend = _backend_of(self._esp, account)
        self._backend.open()

    def send_one(self, message: Message) -> Outcome:
        mail = self._mail(message)
        self._backend.send_messages([mail])
        status = mail.anymail_status
        if status.status and status.status <= ACCEPTED:
            return Accepted(reference=str(status.message_id or ""))
        answer = _answer(status.esp_response)
        return error_of_statuses(status.status or set(), answer, answer)

    def error_of(self, error: Exception) -> DeliveryError | None:
        return error_of_anymail(error)

    def close(self) -> None:
        """Not by the backend's `close`: that takes the session from under calls under way."""
        for name in ("session", "client"):
            kept = getattr(self._backend, name, None)
            if kept is not None:
                kept.close()

    def _mail(self, message: Message) -> Any:
        """The mail with what anymail takes from attributes of its own."""
        mail: Any = build(message, self.account)
        mail.idempotency_key = message.key
        if self._esp.metadata:
            mail.metadata = handback.metadata(message)
        if self._esp.key_field:
            mail.esp_extra = {self._esp.key_field: message.key}
        return mail


class KeptSession:
    """Put in front of one of anymail's backends: kept connections, and an idempotency key."""

    api_url: str
    key_header: str

    def create_session(self) -> requests.Session:
        return tuned(super().create_session(), self.api_url)  # type: ignore[misc]

    def build_message_payload(self, message: Any, defaults: Any) -> Any:
        payload = super().build_message_payload(message, defaults)  # type: ignore[misc]
        if self.key_header:
            payload.headers[self.key_header] = message.idempotency_key
        return payload


def _backend_of(esp: Esp, account: Account) -> AnymailBaseBackend:
    base = import_string(esp.backend)
    if esp.name == AMAZON:
        return base(**_amazon_settings(account))
    backend = type("Backend", (KeptSession, base), {"key_header": esp.key_header})
    return backend(timeout=_timeout(account), **_settings(account))


def _settings(account: Account) -> dict[str, Any]:
    given = {**account.options, **account.credentials}
    return {name: value for name, value in given.items() if name not in OURS and _is_set(value)}


def _amazon_settings(account: Account) -> dict[str, Any]:
    settings = _settings(account)
    timeout = _timeout(account)
    client: dict[str, Any] = {
        "config": {
            "connect_timeout": timeout,
            "read_timeout": timeout,
            "max_pool_connections": CONNECTIONS,
            # Repeating is the pipeline's business: it knows what was sent and marks it.
            "retries": {"total_max_attempts": 1},
        }
    }
    if "endpoint_url" in settings:
        client["endpoint_url"] = settings.pop("endpoint_url")
    session = {name: settings.pop(name) for name in AMAZON_SESSION if name in settings}
    return {**settings, "session_params": session, "client_params": client}


def _timeout(account: Account) -> float:
    return float(account.options.get("timeout") or DEFAULT_TIMEOUT)


def _is_set(value: Any) -> bool:
    return value is not None and value != ""


def _answer(response: Any) -> str:
    return str(getattr(response, "text", response))
