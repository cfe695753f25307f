"""Passwords and keys that are generated once and then stay, readable by the owner alone."""

import base64
import secrets
from collections.abc import Callable

from signalbus.embedded.files import read_json, write_json
from signalbus.embedded.paths import Home


def _key_ring() -> str:
    """Return a ring of one key: its id, and 32 random bytes in base64."""
    return f"k1:{base64.b64encode(secrets.token_bytes(32)).decode()}"


GENERATED: dict[str, Callable[[], str]] = {
    "SIGNALBUS_SECRET_KEY": lambda: secrets.token_urlsafe(48),
    "SIGNALBUS_ENCRYPTION_KEYS": _key_ring,
    "postgres": lambda: secrets.token_urlsafe(24),
    "valkey": lambda: secrets.token_urlsafe(24),
}


def keep_secrets(home: Home) -> dict[str, str]:
    """Return the secrets, generating those that are missing."""
    kept: dict[str, str] = read_json(home.secrets) or {}
    missing = {name: make() for name, make in GENERATED.items() if name not in kept}
    if missing:
        write_json(home.secrets, {**kept, **missing})
    return {**kept, **missing}
