"""Asks units whether they answer."""

import socket
import urllib.error
import urllib.request

from signalbus.embedded.unit import Probe

TIMEOUT_SECONDS = 5.0
_direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def answers(probe: Probe) -> bool:
    """Return whether the unit accepts a connection, or answers the path with a good status."""
    return http_answers(probe.port, probe.path) if probe.path else accepts(probe.port)


def accepts(port: int) -> bool:
    """Return whether something listens on the port of 127.0.0.1."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT_SECONDS):
            return True
    except OSError:
        return False


def http_answers(port: int, path: str) -> bool:
    """Return whether GET of the path answers with a status below 400."""
    try:
        with _direct.open(f"http://127.0.0.1:{port}{path}", timeout=TIMEOUT_SECONDS):
            return True
    except (OSError, urllib.error.HTTPError):
        return False
