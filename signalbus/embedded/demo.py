"""Sends a notification for each demo tenant through the HTTP API, and shows how it went."""

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


def show_deliveries(home: Home) -> None:
    """Send for both tenants, wait until all is delivered, and print the timelines.

    Raises:
        StackError: a call is refused, or a message is not delivered in time.
    """
    demo = read_json(home.demo)
    sent: list[tuple[str, str, str]] = []
    with step("Sending a demo e-mail and SMS for acme and globex"):
        for name, tenant in demo["tenants"].items():
            for message in MESSAGES:
                answer = _call(home, demo["base_url"], tenant["live_key"], "notifications", message)
                sent.append((name, tenant["live_key"], answer["id"]))
    with step("Waiting until they are delivered"):
        shown = [
            (name, _await_delivery(home, demo["base_url"], key, identifier))
            for name, key, identifier in sent
        ]
    for name, notification in shown:
        _print_timeline(name, notification)


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
                remedy="see the logs of relay and workers (`make logs`), then run `make up` again",
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
        raise _refused(home, path, refusal.read().decode(errors="replace")) from refusal
    except OSError as problem:
        raise _refused(home, path, str(problem)) from problem


def _refused(home: Home, path: str, answer: str) -> StackError:
    return StackError(
        f"the API refused /api/v1/{path}: {answer[:500]}",
        log=home.log / "web.log",
        remedy="see the log, then run `make up` again",
    )


def _print_timeline(tenant: str, notification: Mapping[str, Any]) -> None:
    say(f"  {tenant}: notification {notification['id']} {notification['status']}")
    for event in notification["timeline"]:
        facts = [event.get(name) for name in ("channel", "provider", "code", "detail")]
        told = "  ".join(str(fact) for fact in facts if fact)
        say(f"    {event['at']}  {event['event']:<12} {told}")
