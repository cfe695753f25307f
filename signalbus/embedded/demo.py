"""Sends a notification for each demo tenant through the HTTP API, and shows how it went.

Signalbus runs by then, so a message that cannot be sent is told and ends nothing.
"""

import json
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import Any

from signalbus.embedded.errors import StackError
from signalbus.embedded.files import read_json
from signalbus.embedded.paths import Home
from signalbus.embedded.progress import say, step

RECIPIENT = {
    "id": "demo-ana",
    "email": "ana@example.org",
    "phone": "+33612345678",
    "locale": "en",
    "time_zone": "Europe/Paris",
}
MESSAGES: tuple[dict[str, Any], ...] = (
    {
        "channel": "email",
        "recipient": RECIPIENT,
        "subject": "Welcome to Signalbus",
        "text": "Hello, this went through the whole line.",
    },
    {
        "channel": "sms",
        "recipient": RECIPIENT,
        "text": "Hello from Signalbus: this went through the whole line.",
    },
)
DELIVERED = "delivered"
SETTLED = frozenset({DELIVERED, "skipped", "failed", "dead", "bounced", "unknown", "cancelled"})
DELIVERY_SECONDS = 60.0
POLL_SECONDS = 0.2
CALL_SECONDS = 15.0
SUSPENDED = "urn:signalbus:error:tenant-suspended"


class TenantSuspendedError(Exception):
    """The platform's operator has suspended the tenant, so it sends nothing."""


def show_deliveries(home: Home) -> bool:
    """Send for both tenants, wait for the deliveries, print the timelines; was all delivered?

    A suspended tenant is passed over with a word, and counts as nothing missing.
    """
    demo = read_json(home.demo)
    shown = [_show(home, demo["base_url"], *tenant) for tenant in demo["tenants"].items()]
    return all(shown)


def _show(home: Home, base_url: str, name: str, tenant: Mapping[str, str]) -> bool:
    try:
        with step(f"Sending a demo e-mail and SMS for {name}"):
            shown = _sent_and_delivered(home, base_url, tenant["live_key"])
    except StackError as error:
        say("\n".join([*error.lines(), f"Signalbus runs; only the demo of {name} is missing."]))
        return False
    if shown is None:
        say(f"  {name} is suspended and sends nothing; resume it at {base_url}/admin/ (Tenants)")
    for notification in shown or ():
        _print_timeline(name, notification)
    return True


def _sent_and_delivered(home: Home, base_url: str, key: str) -> list[dict[str, Any]] | None:
    """Return the delivered notifications, or None where the tenant is suspended."""
    try:
        sent = [_call(home, base_url, key, "notifications", each)["id"] for each in MESSAGES]
    except TenantSuspendedError:
        return None
    return [_await_delivery(home, base_url, key, identifier) for identifier in sent]


def _await_delivery(home: Home, base_url: str, key: str, identifier: str) -> dict[str, Any]:
    deadline = time.monotonic() + DELIVERY_SECONDS
    while True:
        found = _call(home, base_url, key, f"notifications/{identifier}")
        if found["status"] == DELIVERED:
            return found
        if found["status"] in SETTLED or time.monotonic() > deadline:
            raise StackError(
                f"the demo notification {identifier} is {found['status']}, not delivered.",
                log=home.log / "workers.log",
                remedy="see the logs of relay and workers (`make logs`), then run `make up DEMO=1`",
            )
        time.sleep(POLL_SECONDS)


def _call(
    home: Home, base_url: str, key: str, path: str, body: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Call the API as any client would: POST with a body, else GET."""
    request = urllib.request.Request(  # noqa: S310 - always http
        f"{base_url.replace('localhost', '127.0.0.1')}/api/v1/{path}",
        data=json.dumps(body).encode() if body else None,
        headers={"Authorization": f"Bearer {key}", "Content-Type": "application/json"},
    )
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(request, timeout=CALL_SECONDS) as answer:
            found: dict[str, Any] = json.load(answer)
            return found
    except urllib.error.HTTPError as refusal:
        said = refusal.read().decode(errors="replace")
        if SUSPENDED in said:
            raise TenantSuspendedError from refusal
        raise _refused(home, path, said) from refusal
    except OSError as problem:
        raise _refused(home, path, str(problem)) from problem


def _refused(home: Home, path: str, answer: str) -> StackError:
    return StackError(
        f"the API refused /api/v1/{path}: {answer[:500]}",
        log=home.log / "web.log",
        remedy="see the log, then run `make up DEMO=1`",
    )


def _print_timeline(tenant: str, notification: Mapping[str, Any]) -> None:
    say(f"  {tenant}: notification {notification['id']} {notification['status']}")
    for event in notification["timeline"]:
        facts = [event.get(name) for name in ("channel", "provider", "code", "detail")]
        told = "  ".join(str(fact) for fact in facts if fact)
        say(f"    {event['at']}  {event['event']:<12} {told}")
