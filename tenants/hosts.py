"""Which console a host name shows."""

import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings

from signalbus.core.logs import get_logger
from tenants import identity
from tenants.identity import TenantIdentity, UnknownTenantError

log = get_logger(__name__)

LOCAL = frozenset({"localhost"})


@dataclass(frozen=True, slots=True)
class Console:
    """A tenant's console; the platform's where `tenant` is None."""

    tenant: TenantIdentity | None


def console_at(host: str) -> Console | None:
    """The console that a host name (without port) shows; None where it shows none."""
    name = host.lower().rstrip(".")
    tenant = identity.by_host(name)
    if tenant is not None:
        return Console(tenant)
    return _on_bare_host() if is_bare(name) else None


def is_bare(host: str) -> bool:
    """Whether the host is the installation's own: that of its address, `localhost`, or an IP."""
    return host in LOCAL or host == urlsplit(settings.BASE_URL).hostname or _is_ip(host)


def _on_bare_host() -> Console | None:
    """The platform's console, or that of the default tenant, if there is such a tenant."""
    if not settings.DEFAULT_TENANT:
        return Console(None)
    try:
        return Console(identity.by_name(settings.DEFAULT_TENANT))
    except UnknownTenantError as error:
        log.warning("SIGNALBUS_DEFAULT_TENANT names no tenant.", error=str(error))
        return None


def _is_ip(host: str) -> bool:
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True
