"""The steps of a smoke test, in order; each ends well with a sentence or raises SmokeError."""

import secrets
import time
from collections.abc import Callable, Iterator
from typing import Any

from signalbus.smoke.arguments import TEST_KEY, Target
from signalbus.smoke.calling import Reply, SmokeError, call

TO = "delivered@example.org"
POLL_SECONDS = 0.5
OPEN = frozenset({"queued", "held", "sending", "sent", "retrying"})
DELIVERED = "delivered"
SCOPES = "Make a key with the scopes send and read: manage.py create_api_key TENANT --mode test"
STUCK = "Look at relay and workers: manage.py doctor names what is missing."


def run(target: Target, sleep: Callable[[float], Any] = time.sleep) -> Iterator[str]:
    """All steps; what each found, as it is done. Raises SmokeError at the first that fails."""
    yield _alive(target)
    yield _ready(target)
    yield _wrong_key(target)
    key = secrets.token_hex(16)
    sent = _send(target, key)
    yield f"accepted: notification {sent.field('id')}, trace {sent.field('trace_id')}"
    yield _replay(target, key, sent)
    yield _delivered(target, str(sent.field("id")), sleep)


def _alive(target: Target) -> str:
    reply = call(f"{target.url}/livez")
    if reply.status != 200 or reply.field("status") != "ok":
        raise SmokeError(f"/livez answered {reply}: is that address Signalbus's?")
    return f"alive: {target.url} answers"


def _ready(target: Target) -> str:
    reply = call(f"{target.url}/readyz")
    culprits = ", ".join(reply.field("culprits") or ())
    if reply.status == 503:
        raise SmokeError(
            f"It is not ready, {culprits} is missing: see the log of the web processes."
        )
    if reply.status != 200:
        return "readiness is not shown from here; going on"
    return f"ready, though without {culprits}" if culprits else "ready: all servers answer"


def _wrong_key(target: Target) -> str:
    reply = call(f"{target.url}/api/v1/notifications", TEST_KEY + secrets.token_hex(20))
    if reply.status == 429:
        raise SmokeError("This address has sent too many wrong keys: try again in a minute.")
    if reply.status != 401:
        raise SmokeError(f"A wrong key was answered with {reply}, not with 401.")
    return "a wrong key is refused with 401"


def _send(target: Target, key: str) -> Reply:
    reply = _post(target, key)
    if reply.status == 401:
        raise SmokeError(f"The key was refused: {reply}. {SCOPES}")
    if reply.status == 403:
        raise SmokeError(f"The key may not send: {reply}. {SCOPES}")
    if reply.status != 202:
        raise SmokeError(f"Sending was answered with {reply}.")
    return reply


def _replay(target: Target, key: str, first: Reply) -> str:
    reply = _post(target, key)
    if reply.field("id") != first.field("id"):
        raise SmokeError(f"The same Idempotency-Key was answered with {reply}, not as before.")
    return "the same Idempotency-Key is answered as before, and sends nothing twice"


def _delivered(target: Target, notification: str, sleep: Callable[[float], Any]) -> str:
    began = time.monotonic()
    while True:
        reply = call(f"{target.url}/api/v1/notifications/{notification}", target.key)
        if reply.status != 200:
            raise SmokeError(f"Asking after it was answered with {reply}. {SCOPES}")
        took, status = time.monotonic() - began, str(reply.field("status"))
        if status == DELIVERED:
            return f"delivered within {took:.1f} s"
        if status not in OPEN:
            raise SmokeError(f"It ended {status}: {_history(reply)}")
        if took > target.timeout:
            waited = f"It is still {status} after {target.timeout:g} s"
            raise SmokeError(f"{waited}: {_history(reply)}. {STUCK}")
        sleep(POLL_SECONDS)


def _post(target: Target, key: str) -> Reply:
    body = {"channel": "email", "to": TO, "subject": "Smoke test", "text": "It works."}
    url = f"{target.url}/api/v1/notifications"
    return call(url, target.key, body, **{"Idempotency-Key": key})


def _history(reply: Reply) -> str:
    events = reply.field("timeline") or ()
    return ", ".join(" ".join(filter(None, (e.get("event"), e.get("detail")))) for e in events)
