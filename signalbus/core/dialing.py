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

Dial = Callable[[str, int, float], socket.socket]
"""Host, port, and the seconds that each of the host's addresses may take."""


def anywhere(host: str, port: int, timeout: float) -> socket.socket:
    """A connection for what the platform's owner has entered. Raises OSError."""
    return socket.create_connection((host, port), timeout)


def outside(host: str, port: int, timeout: float) -> socket.socket:
    """The same to an address that tenants may name: public, or allowed in the settings.

    Of several the first that can be connected to. Raises AddressRefusedError as well.
    """
    addresses = resolve(host, port, settings.OUTBOUND_NETWORKS)
    for address in addresses[:-1]:
        with suppress(OSError):
            return socket.create_connection((address, port), timeout)
    return socket.create_connection((addresses[-1], port), timeout)
