"""Tells where Signalbus answers and how to log in."""

from collections.abc import Mapping
from typing import Any

from signalbus.embedded.files import read_json
from signalbus.embedded.paths import Home
from signalbus.embedded.progress import say


def print_access(home: Home, *, whole: bool = True) -> None:
    """Print addresses; as a whole, also log-ins and a first call."""
    demo = read_json(home.demo)
    if not demo:
        return
    say()
    say(f"API          {demo['base_url']}/api/v1/  (docs: {demo['base_url']}/api/v1/docs)")
    for name, place in (("Platform", demo["platform"]), *demo["tenants"].items()):
        login = f"  log in as {place['username']} / {place['password']}" if whole else ""
        say(f"{name:<12} {place['console_url']}{login}")
    say(f"All log-ins and API keys are in {home.demo}")
    if whole:
        _print_call(demo)


def _print_call(demo: Mapping[str, Any]) -> None:
    acme = demo["tenants"]["acme"]
    say("Try it (a test key sends nothing to the outside):")
    say(f"  curl -X POST {demo['base_url']}/api/v1/notifications \\")
    say(f"    -H 'Authorization: Bearer {acme['test_key']}' -H 'Content-Type: application/json' \\")
    say(
        """    -d '{"channel": "email", "to": "ana@example.org", "subject": "Hi", "text": "Yes"}'"""
    )
