"""The addresses that accounts name: those of tenants have to be public, or allowed in the settings.

A base address in place of the provider's own is checked before a call, though the provider's
library resolves the name anew; a mail server is connected to at just the address that was looked
at. What the platform's owner has entered is not held to it.
"""

import time
from urllib.parse import urlsplit

from django.conf import settings

from delivery.providers.account import Account
from signalbus.core.addresses import resolve
from signalbus.core.dialing import Dial, anywhere, outside

OPTIONS = ("api_url", "base_url", "endpoint_url")
CHECKED_SECONDS = 30.0


def dial_of(account: Account) -> Dial:
    """How the account's mail servers are connected to."""
    return anywhere if account.inherited else outside


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
