"""The request that an account's templates make of a message.

Address, headers and body are Liquid. They know `to`, `from`, `subject`, `text`, `html`, `channel`,
`key` (the same for all attempts of a delivery), `attempt`, `delivery`, `notification`, and the
account's secrets as `secret.token`, `secret.username` and `secret.password`. The filter `json`
writes a value as JSON, with its quotation marks.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, urlsplit

from delivery.providers.messages import Message
from templates_app.engine import Compiled, TemplateError, compile_template

FORBIDDEN_HEADERS = frozenset({"host", "content-length", "connection", "transfer-encoding"})
SECRETS = ("token", "username", "password")


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is sent: `target` is path and query."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes | None


class RequestTemplate:
    """An account's templates, parsed once. Raises TemplateError or ValueError for broken ones."""

    def __init__(self, options: Mapping[str, Any], secrets: Mapping[str, Any]) -> None:
        self._method = str(options.get("method") or "POST")
        self._sender = str(options.get("from") or "")
        self._secrets = {name: str(secrets.get(name) or "") for name in SECRETS}
        self.place = place_of(str(options["url"]))
        self._target = compile_template(_target_of(str(options["url"])), html=False)
        self._headers = headers_of(str(options.get("headers") or ""))
        body = str(options.get("body") or "")
        self._body = compile_template(body, html=False) if body else None

    def render(self, message: Message) -> Request:
        """The request for a message. Raises TemplateError."""
        values = self._values(message)
        headers = {name: _header(value.render(values)) for name, value in self._headers.items()}
        if not any(name.lower() == "content-type" for name in headers):
            headers["Content-Type"] = "application/json"
        return Request(
            method=self._method,
            target=_line(self._target.render(values)),
            headers=headers,
            body=self._body.render(values).encode() if self._body else None,
        )

    def _values(self, message: Message) -> dict[str, Any]:
        return {
            "to": message.to,
            "from": message.sender or self._sender,
            "subject": message.subject,
            "text": message.text,
            "html": message.html,
            "channel": message.channel,
            "key": message.key,
            "attempt": str(message.attempt),
            "delivery": str(message.delivery),
            "notification": str(message.notification),
            "secret": self._secrets,
        }


def place_of(url: str) -> SplitResult:
    """Scheme, host and port, which no template may decide. Raises ValueError."""
    try:
        parts = urlsplit(url.split("{{")[0].split("{%")[0])
        fixed = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError as error:
        raise ValueError(f"The address cannot be read: {error}.") from error
    if not fixed or not (parts.path or url == parts.geturl()):
        raise ValueError("Scheme, host and port must be written out; a template may follow them.")
    if parts.username or parts.password:
        raise ValueError("User and password do not belong into the address; use credentials.")
    return parts


def headers_of(text: str) -> dict[str, Compiled]:
    """The templates by header of lines such as `Authorization: Bearer {{ secret.token }}`.

    Raises ValueError, and TemplateError, naming the line.
    """
    found: dict[str, Compiled] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        name, colon, value = line.partition(":")
        if not colon or not _is_token(name.strip()):
            raise ValueError(f"Line {number} is not a header such as `X-Api-Key: abc`.")
        if name.strip().lower() in FORBIDDEN_HEADERS:
            raise ValueError(f"Line {number}: {name.strip()} is set by Signalbus itself.")
        found[name.strip()] = compile_template(value.strip(), html=False)
    return found


def _target_of(url: str) -> str:
    """What stands behind the host, without a fragment: path and query."""
    behind = url.split("://", 1)[1]
    start = min((place for place in map(behind.find, "/?") if place >= 0), default=len(behind))
    target = behind[start:]
    return target if target.startswith("/") else f"/{target}"


def _is_token(name: str) -> bool:
    """RFC 9110, section 5.6.2."""
    return bool(name) and all(
        character.isascii() and (character.isalnum() or character in "!#$%&'*+-.^_`|~")
        for character in name
    )


def _header(text: str) -> str:
    """What a header may hold. Raises TemplateError."""
    if not text.isascii():
        raise TemplateError("A header got a character that is not ASCII; `url_encode` may help.")
    return _line(text)


def _line(text: str) -> str:
    """What a header or an address may hold. Raises TemplateError, so that nothing is smuggled."""
    if any(ord(character) < 32 or ord(character) == 127 for character in text):
        raise TemplateError("A header or the address got a line break or a control character.")
    return text
