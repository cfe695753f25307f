"""HTTP as a client does it, with errors that say what to look at."""

import json
import ssl
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

CALL_SECONDS = 15.0
LONGEST_SHOWN = 300


class SmokeError(Exception):
    """A step that went wrong; the message says what was answered and what to look at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An answer; `body` is its JSON, or its beginning as text where it is none."""

    status: int
    headers: Mapping[str, str]
    body: Any

    def field(self, name: str) -> Any:
        """A member of the JSON object; nothing where there is none."""
        return self.body.get(name) if isinstance(self.body, dict) else None

    def __str__(self) -> str:
        said = self.field("detail") or self.body
        return f"{self.status} {str(said)[:LONGEST_SHOWN]}"


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


_opener = urllib.request.build_opener(_NoRedirects)


def call(url: str, key: str = "", body: Mapping[str, Any] | None = None, **headers: str) -> Reply:
    """GET, or POST with a body. Raises SmokeError where nobody answers."""
    sent = {"Accept": "application/json", "User-Agent": "signalbus-smoke", **headers}
    if key:
        sent["Authorization"] = f"Bearer {key}"
    if body is not None:
        sent["Content-Type"] = "application/json"
    request = urllib.request.Request(  # noqa: S310 - the scheme was looked at
        url, data=None if body is None else json.dumps(body).encode(), headers=sent
    )
    try:
        with _opener.open(request, timeout=CALL_SECONDS) as answer:
            return _reply(answer.status, answer.headers, answer.read())
    except urllib.error.HTTPError as refusal:
        reply = _reply(refusal.code, refusal.headers, refusal.read())
        _refuse_redirect(reply)
        return reply
    except OSError as error:
        raise SmokeError(f"{url} does not answer: {_words(error)}") from error


def _reply(status: int, headers: Any, content: bytes) -> Reply:
    text = content.decode("utf-8", "replace")
    try:
        body = json.loads(text)
    except ValueError:
        body = text[:LONGEST_SHOWN]
    return Reply(status=status, headers=headers, body=body)


def _refuse_redirect(reply: Reply) -> None:
    """A redirected POST would lose its body, so the right address has to be given."""
    if reply.headers.get("Location"):
        raise SmokeError(f"It redirects to {reply.headers['Location']}: give that as --url.")


def _words(error: OSError) -> str:
    reason = getattr(error, "reason", error)
    if isinstance(reason, ssl.SSLCertVerificationError):
        return f"its certificate is not believed ({reason.verify_message})."
    if isinstance(reason, TimeoutError):
        return f"nothing came within {CALL_SECONDS:g} s; look at the firewall and the proxy."
    return f"{reason}. Look at the address, the proxy and the web processes."
