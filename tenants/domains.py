"""The host names of tenants' consoles: adding, preferring and taking them away."""

from django.db import IntegrityError, transaction

from signalbus.core.errors import SignalbusError
from tenants.hosts import is_bare
from tenants.models import Domain, Tenant
from tenants.places import check_host

ONLY = (
    "{domain} is the only domain of {tenant}: without it nobody reaches its console. "
    "Add another one first."
)
PRIMARY = "{domain} is the primary domain of {tenant}. Make another one primary first."


class DomainError(SignalbusError):
    """What cannot be done with a domain in the present state; the message says what to do."""


def check_usable(host: str) -> None:
    """Raise ValueError for what is no host name, DomainError for the installation's own."""
    check_host(host)
    if is_bare(host):
        raise DomainError(f"{host} is the installation's own: it shows the platform's console.")


def check_free(host: str) -> None:
    """As check_usable, and raise DomainError for one that is a tenant's."""
    check_usable(host)
    if owner := Tenant.objects.filter(domains__domain=host).first():
        raise DomainError(f"The domain {host} belongs to the tenant {owner}.")


def add(tenant: Tenant, host: str, *, is_primary: bool = False) -> Domain:
    """Let the host show the tenant's console; the first one is the primary. Raises as check_free.

    A new primary domain takes the place of the former, which stays.
    """
    check_free(host)
    try:
        with transaction.atomic():
            return Domain.objects.create(domain=host, tenant=tenant, is_primary=is_primary)
    except IntegrityError as error:
        raise DomainError(f"The domain {host} was taken meanwhile.") from error


def prefer(domain: Domain) -> None:
    """Make it the primary domain."""
    domain.is_primary = True
    domain.save()


def remove(domain: Domain) -> None:
    """Take it away. Raises DomainError for the only and for the primary one."""
    if reason := reason_to_keep(domain):
        raise DomainError(reason)
    domain.delete()


def reason_to_keep(domain: Domain) -> str:
    """Why it cannot be taken away; nothing where it can."""
    if not Domain.objects.filter(tenant=domain.tenant).exclude(pk=domain.pk).exists():
        return ONLY.format(domain=domain, tenant=domain.tenant)
    return PRIMARY.format(domain=domain, tenant=domain.tenant) if domain.is_primary else ""
