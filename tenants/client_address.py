"""Whose request it is, by network address. Pure.

Each proxy appends to X-Forwarded-For whom it heard; so the list is believed from its right end, as
far as those who wrote it are trusted. What stands further left anybody may have made up.
"""

from collections.abc import Iterator, Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address

from signalbus.core.env import Network

Address = IPv4Address | IPv6Address
OWN_NETWORK = 64  # bits; of IPv6 a customer of a provider has at least such a network
UNKNOWN = "unknown"


def client_of(peer: str, forwarded: str, trusted: Sequence[Network]) -> str:
    """The address that the request comes from; of IPv6 the network, for addresses cost nothing."""
    return counted(exact_client_of(peer, forwarded, trusted))


def exact_client_of(peer: str, forwarded: str, trusted: Sequence[Network]) -> Address | None:
    """The address itself; None where the request names none, such as through a Unix socket."""
    found: Address | None = None
    for address in _heard(peer, forwarded):
        found = address
        if not any(address in network for network in trusted):
            break
    return found


def counted(address: Address | None) -> str:
    """What stands for the address wherever it is counted."""
    if isinstance(address, IPv6Address):
        network = int(address) >> (128 - OWN_NETWORK) << (128 - OWN_NETWORK)
        return f"{IPv6Address(network)}/{OWN_NETWORK}"
    return str(address) if address else UNKNOWN


def _heard(peer: str, forwarded: str) -> Iterator[Address]:
    """The peer, then whom the proxies name, the nearest first, up to what is no address."""
    for text in (peer, *(part for part in reversed(forwarded.split(",")) if part.strip())):
        address = _address(text.strip())
        if address is None:
            return
        yield address


def _address(text: str) -> Address | None:
    """The address, with or without a port."""
    for written in (text, text.rpartition(":")[0].strip("[]"), text.strip("[]")):
        try:
            address = ip_address(written)
        except ValueError:
            continue
        mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
        return mapped or address
    return None
