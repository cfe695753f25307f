"""Ports on 127.0.0.1, chosen once and kept, so that a restarted server is found where it was."""

import random
import socket
import time
from collections.abc import Mapping

from signalbus.embedded.errors import StackError
from signalbus.embedded.files import read_json, write_json
from signalbus.embedded.paths import Home

NAMES = ("postgres", "valkey", "kafka", "kafka_controller", "relay", "workers", "celery", "stream")
DEFAULT_HTTP_PORT = 8000
# Below the range from which Linux and macOS draw the ports of outgoing connections.
FIRST, LAST = 20_000, 31_999
RELEASE_SECONDS = 3.0
POLL_SECONDS = 0.1


def free(port: int) -> bool:
    """Return whether a server could listen on the port now."""
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def comes_free(port: int) -> bool:
    """Return whether the port is free within a moment: a killed owner lets go of it late."""
    deadline = time.monotonic() + RELEASE_SECONDS
    while not free(port):
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL_SECONDS)
    return True


def kept_ports(home: Home) -> dict[str, int]:
    """Return the ports chosen earlier; empty before the first start."""
    return read_json(home.ports) or {}


def choose_ports(home: Home, running: bool) -> dict[str, int]:
    """Return a port for each server, keeping the earlier ones where they still can be had.

    While the stack runs its own servers hold the ports, so none is changed then.
    """
    kept = kept_ports(home)
    chosen = {name: kept[name] for name in NAMES if name in kept and (running or free(kept[name]))}
    for name in NAMES:
        if name not in chosen:
            chosen[name] = _draw({*kept.values(), *chosen.values()})
    result = {**kept, **chosen}
    if result != kept:
        write_json(home.ports, result)
    return result


def choose_http_port(home: Home, environment: Mapping[str, str]) -> int:
    """Return the port that SIGNALBUS_PORT names, else the one of the last start, else 8000.

    Raises:
        StackError: SIGNALBUS_PORT is no port number.
    """
    kept = kept_ports(home)
    text = environment.get("SIGNALBUS_PORT") or str(kept.get("http", DEFAULT_HTTP_PORT))
    if not text.isdecimal() or not 0 < int(text) < 65_536:
        raise StackError(
            f"SIGNALBUS_PORT is {text!r}, which is no port number.",
            remedy="set it to a number from 1 to 65535, or leave it out for 8000",
        )
    if kept.get("http") != int(text):
        write_json(home.ports, {**kept, "http": int(text)})
    return int(text)


def _draw(taken: set[int]) -> int:
    while True:
        port = random.randint(FIRST, LAST)  # noqa: S311 - not a secret
        if port not in taken and free(port):
            return port
