"""Which console a host name shows."""

import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings

from tenants import identity
from tenants.identity import TenantIdentity

LOCAL = frozenset({"localhost"})


@dataclass(frozen=True, slots=True)
class Console:
    """A tenant's console; the platform's where `tenant` is None."""

    tenant: TenantIdentity | None


def console_at(host: str) -> Console | None:
    """The console that a host name (without port) shows; None where it shows none."""
    name = host.lower().rstrip(".")
    tenant = identity.by_host(name)
    if tenant is None and is_bare(name):
        return Console(_default_tenant())
    return Console(tenant) if tenant else None


def is_bare(host: str) -> bool:
    """Whether the host is the installation's own: that of its address, `localhost`, or an IP."""
    return host in LOCAL or host == urlsplit(settings.BASE_URL).hostname or _is_ip(host)


def _default_tenant() -> TenantIdentity | None:
    name = settings.DEFAULT_TENANT
    return identity.by_name(name) if name else None


def _is_ip(host: str) -> bool:
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True
