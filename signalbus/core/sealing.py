"""Secrets at rest: a set of named values, sealed for the place that holds them."""

import json
from typing import Any

from django.conf import settings

from signalbus.core.crypto import KeyRing, SecretError
from signalbus.core.metrics import SECRETS_UNREADABLE


def seal(secrets: dict[str, Any], context: str) -> str:
    """A token that opens in this context only; nothing where there are no secrets."""
    if not secrets:
        return ""
    return KeyRing.parse(settings.ENCRYPTION_KEYS).encrypt(json.dumps(secrets).encode(), context)


def unseal(sealed: str, context: str) -> dict[str, Any]:
    """The secrets in a token. Raises SecretError where it does not open here."""
    return dict(json.loads(opened(sealed, context))) if sealed else {}


def opened(token: str, context: str) -> bytes:
    """What a token of the key ring holds. Raises SecretError where it does not open here."""
    try:
        return KeyRing.parse(settings.ENCRYPTION_KEYS).decrypt(token, context)
    except SecretError:
        SECRETS_UNREADABLE.inc()
        raise
