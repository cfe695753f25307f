"""Which addresses of the network customers' names may lead to."""

import socket
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

from signalbus.core.errors import SignalbusError
from signalbus.core.logs import get_logger

# Addresses of IPv4 that are written as ones of IPv6: RFC 6052.
NAT64 = IPv6Network("64:ff9b::/96")
# What Python calls global, or did before 3.13, though it leads to the own network: RFC 8215 (NAT64
# of one's own), RFC 4291 2.5.5.1 and RFC 2765 (IPv4 inside), RFC 3879 (site-local).
INSIDE = tuple(
    map(IPv6Network, ("64:ff9b:1::/48", "::/96", "::ffff:0:0:0/96", "fec0::/10", "2001::/23"))
)
log = get_logger(__name__)

Address = IPv4Address | IPv6Address


class AddressRefusedError(SignalbusError):
    """The name leads to no address that may be called."""


def permitted(address: Address, allowed: Sequence[str]) -> bool:
    """Whether it is a public address, or in one of the allowed networks (CIDR)."""
    inner = _inner(address)
    if any(inner in network for network in map(ip_network, allowed)):
        return True
    if isinstance(inner, IPv6Address) and any(inner in network for network in INSIDE):
        return False
    return inner.is_global and not inner.is_multicast


def resolve(host: str, port: int, allowed: Sequence[str]) -> list[str]:
    """The addresses of the name that may be called, in the resolver's order.

    Raises AddressRefusedError where there are none but others, and socket.gaierror where the name
    is not known. What was found is told in the log only: names of the inside are nobody's business.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = list(dict.fromkeys(str(entry[4][0]).partition("%")[0] for entry in found))
    good = [address for address in addresses if permitted(ip_address(address), allowed)]
    if good:
        return good
    log.warning("outbound.refused", host=host, addresses=addresses)
    raise AddressRefusedError(
        f"{host} does not lead to a public address. Whoever runs Signalbus can allow its network "
        "in SIGNALBUS_OUTBOUND_NETWORKS."
    )


def _inner(address: Address) -> Address:
    """The address that is really called where one of IPv6 only wraps one of IPv4."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped or address.sixtofour:
            return address.ipv4_mapped or address.sixtofour or address
        if address in NAT64:
            return IPv4Address(int(address) & 0xFFFFFFFF)
    return address
