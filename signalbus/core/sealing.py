"""Secrets at rest: a set of named values, sealed for the place that holds them."""

import json
from typing import Any

from django.conf import settings

from signalbus.core.crypto import KeyRing


def seal(secrets: dict[str, Any], context: str) -> str:
    """A token that opens in this context only; nothing where there are no secrets."""
    if not secrets:
        return ""
    return KeyRing.parse(settings.ENCRYPTION_KEYS).encrypt(json.dumps(secrets).encode(), context)


def unseal(sealed: str, context: str) -> dict[str, Any]:
    """The secrets in a token. Raises SecretError where it does not open here."""
    if not sealed:
        return {}
    return dict(json.loads(KeyRing.parse(settings.ENCRYPTION_KEYS).decrypt(sealed, context)))
