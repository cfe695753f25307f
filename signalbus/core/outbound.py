"""HTTP to addresses that customers name: only to where such a request may go.

A name is resolved here and the connection made to just that address, so that no second answer of
the DNS can lead elsewhere; the certificate is still checked for the name. Redirects are not
followed, and no proxy is asked, since it would resolve the name anew.
"""

import os
import socket
import time
from collections.abc import Callable, Mapping, Sequence
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from threading import Lock
from typing import Any

import certifi
import urllib3
from django.conf import settings

from signalbus.core.errors import SignalbusError

RESOLVED_SECONDS = 30.0  # for so long one answer of the DNS is used
CONNECTIONS = 128  # kept for each address; more threads than that never call at once
# Addresses of IPv4 that are written as ones of IPv6 (RFC 6052, RFC 3056).
NAT64 = IPv6Network("64:ff9b::/96")

Address = IPv4Address | IPv6Address


class AddressRefusedError(SignalbusError):
    """The name leads to no address that may be called."""


def permitted(address: Address, allowed: Sequence[str]) -> bool:
    """Whether it is a public address, or in one of the allowed networks (CIDR). Pure."""
    inner = _inner(address)
    if any(inner in network for network in map(ip_network, allowed)):
        return True
    return inner.is_global and not inner.is_multicast


class Caller:
    """Kept connections to one host; safe to be used by many threads. `timeout` is seconds."""

    def __init__(
        self,
        *,
        scheme: str,
        host: str,
        port: int | None,
        timeout: float,
        resolve: Callable[..., Any] = socket.getaddrinfo,
    ) -> None:
        self._secure = scheme == "https"
        self._host = host
        self._port = port or (443 if self._secure else 80)
        self._timeout = timeout
        self._resolve = resolve
        self._lock = Lock()
        self._pools: dict[str, urllib3.HTTPConnectionPool] = {}
        self._resolved: tuple[float, str] = (0.0, "")

    def request(
        self, method: str, target: str, body: bytes | None, headers: Mapping[str, str]
    ) -> urllib3.BaseHTTPResponse:
        """One call. Raises AddressRefusedError, OSError where the name is unknown, and urllib3's
        errors.
        """
        return self._pool().urlopen(
            method,
            target,
            body=body,
            headers={"Host": self._name(), **headers},
            redirect=False,
            retries=False,
            assert_same_host=False,
            timeout=self._timeout,
        )

    def close(self) -> None:
        """Let go of the connections."""
        with self._lock:
            for pool in self._pools.values():
                pool.close()
            self._pools.clear()

    def _pool(self) -> urllib3.HTTPConnectionPool:
        with self._lock:
            address = self._address()
            if address not in self._pools:
                self._pools[address] = self._make_pool(address)
            return self._pools[address]

    def _address(self) -> str:
        until, address = self._resolved
        if time.monotonic() >= until:
            address = self._permitted_address()
            self._resolved = (time.monotonic() + RESOLVED_SECONDS, address)
        return address

    def _permitted_address(self) -> str:
        found = self._resolve(self._host, self._port, type=socket.SOCK_STREAM)
        addresses = [str(entry[4][0]) for entry in found]
        for address in addresses:
            if permitted(ip_address(address.partition("%")[0]), settings.OUTBOUND_NETWORKS):
                return address
        raise AddressRefusedError(
            f"{self._host} leads to {', '.join(dict.fromkeys(addresses))}, which is not public. "
            "Whoever runs Signalbus can allow such a network in SIGNALBUS_OUTBOUND_NETWORKS."
        )

    def _make_pool(self, address: str) -> urllib3.HTTPConnectionPool:
        if not self._secure:
            return urllib3.HTTPConnectionPool(address, self._port, maxsize=CONNECTIONS)
        return urllib3.HTTPSConnectionPool(
            address,
            self._port,
            maxsize=CONNECTIONS,
            server_hostname=self._host,
            assert_hostname=self._host,
            ca_certs=os.environ.get("REQUESTS_CA_BUNDLE") or certifi.where(),
        )

    def _name(self) -> str:
        host = f"[{self._host}]" if ":" in self._host else self._host
        usual = 443 if self._secure else 80
        return host if self._port == usual else f"{host}:{self._port}"


def _inner(address: Address) -> Address:
    """The address that is really called where one of IPv6 only wraps one of IPv4."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped or address.sixtofour:
            return address.ipv4_mapped or address.sixtofour or address
        if address in NAT64:
            return IPv4Address(int(address) & 0xFFFFFFFF)
    return address
