"""The address that an account names in place of its provider's own: it has to be a public one.

Checked before a call, though the provider's library resolves the name anew. What the platform's
owner has entered is not held to it, and neither is a mail server: a relay is often in one's own
network, and says nothing of what stands there.
"""

import time
from urllib.parse import urlsplit

from django.conf import settings

from delivery.providers.account import Account
from signalbus.core.addresses import resolve

OPTIONS = ("api_url", "base_url", "endpoint_url")
CHECKED_SECONDS = 30.0


class OwnAddress:
    """Looked up at most each CHECKED_SECONDS."""

    def __init__(self, account: Account) -> None:
        given = next((account.options[name] for name in OPTIONS if account.options.get(name)), "")
        self._parts = None if account.inherited or not given else urlsplit(str(given))
        self._checked_until = 0.0

    def check(self) -> None:
        """Raise AddressRefusedError where it is not public, and OSError where it is not known."""
        if self._parts is None or time.monotonic() < self._checked_until:
            return
        port = self._parts.port or (443 if self._parts.scheme == "https" else 80)
        resolve(self._parts.hostname or "", port, settings.OUTBOUND_NETWORKS)
        self._checked_until = time.monotonic() + CHECKED_SECONDS
