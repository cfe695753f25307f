"""Connections to hosts that customers name, for protocols other than HTTP.

As in signalbus.core.outbound: the name is resolved here and the connection made to just the address
that was looked at, so that no second answer of the DNS can lead elsewhere. Whoever speaks TLS over
it still checks the certificate for the name.
"""

import socket
from collections.abc import Callable
from contextlib import suppress

from django.conf import settings

from signalbus.core.addresses import resolve

MOST = 4  # addresses of a name that are tried
Dial = Callable[[str, int, float], socket.socket]
"""Host, port, and the seconds that connecting may take, and each step on the connection then."""


def anywhere(host: str, port: int, timeout: float) -> socket.socket:
    """A connection for what the platform's owner has entered. Raises OSError."""
    return socket.create_connection((host, port), timeout)


def outside(host: str, port: int, timeout: float) -> socket.socket:
    """The same to an address that tenants may name: public, or allowed in the settings.

    Of several the first that can be connected to; they share the time, or a name with very many
    would take as long as it likes. Raises AddressRefusedError as well.
    """
    addresses = resolve(host, port, settings.OUTBOUND_NETWORKS)[:MOST]
    share = timeout / len(addresses)
    for address in addresses[:-1]:
        with suppress(OSError):
            return _connected(address, port, share, timeout)
    return _connected(addresses[-1], port, share, timeout)


def _connected(address: str, port: int, seconds: float, timeout: float) -> socket.socket:
    connection = socket.create_connection((address, port), seconds)
    connection.settimeout(timeout)
    return connection
