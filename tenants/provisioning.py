"""New tenants, ready in under a second: each takes a hidden schema that was migrated beforehand."""

import secrets
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from signalbus.core.errors import SignalbusError
from tenants import domains, identity
from tenants.alone import alone
from tenants.domains import DomainError
from tenants.identity import TenantIdentity, identity_of
from tenants.migrated import bring_up_to_date, current_migrations
from tenants.models import Domain, State, Tenant
from tenants.places import check_locale, check_time_zone

SPARES_LOCK = 0x53504152  # an advisory lock of its own: one process at a time refills the spares


class ProvisioningError(SignalbusError):
    """A tenant that cannot be made as asked; the message says what is wrong and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wish:
    """What a new tenant is to be; `domain` is the host of its console, None for no console."""

    name: str
    domain: str | None
    default_locale: str
    time_zone: str


def create_tenant(
    name: str, domain: str | None, *, default_locale: str = "en", time_zone: str = "UTC"
) -> TenantIdentity:
    """Give a spare schema to a new tenant; prepare one on the spot where none is ready.

    Raises ProvisioningError, and then nothing was made.
    """
    wish = _Wish(name=name, domain=domain, default_locale=default_locale, time_zone=time_zone)
    check_name(wish.name)
    _check(wish)
    while (tenant := _take_spare(wish)) is None:
        _make_spare()
    identity.forget()
    return identity_of(tenant)


def ensure_spares(count: int) -> int:
    """Bring spare tenants up to date and make more until `count` are ready; how many it worked on.

    Does nothing while another process is at it.
    """
    with alone(SPARES_LOCK) as is_mine:
        return _refill(count) if is_mine else 0


def prepare() -> None:
    """Have a spare ready; so that a transaction that makes a tenant need not migrate a schema."""
    if not _ready().exists():
        _make_spare()


def check_name(name: str) -> None:
    """Raise ProvisioningError where a tenant cannot be called so, whether it is free or not."""
    try:
        Tenant(name=name, schema_name="t_0").clean_fields()
    except ValidationError as error:
        raise ProvisioningError(f"The name {name!r}: {' '.join(error.messages)}") from error


def _check(wish: _Wish) -> None:
    try:
        if wish.domain is not None:
            domains.check_usable(wish.domain)
        check_locale(wish.default_locale)
        check_time_zone(wish.time_zone)
    except (ValueError, DomainError) as error:
        raise ProvisioningError(str(error)) from error


@transaction.atomic
def _take_spare(wish: _Wish) -> Tenant | None:
    tenant = _ready().order_by("id").select_for_update(skip_locked=True).first()
    if tenant is None:
        return None
    _refuse_doubles(wish)
    try:
        return _settle_in(tenant, wish)
    except IntegrityError as error:
        raise ProvisioningError(f"The name or domain was taken meanwhile: {error}") from error


def _ready() -> QuerySet[Tenant]:
    return Tenant.objects.filter(state=State.SPARE, migrations=current_migrations())


def _refuse_doubles(wish: _Wish) -> None:
    if Tenant.objects.filter(name=wish.name).exists():
        raise ProvisioningError(f"A tenant named {wish.name} exists already.")
    if wish.domain is None:
        return
    if owner := Tenant.objects.filter(domains__domain=wish.domain).first():
        raise ProvisioningError(f"The domain {wish.domain} belongs to the tenant {owner}.")


def _settle_in(tenant: Tenant, wish: _Wish) -> Tenant:
    tenant.name = wish.name
    tenant.state = State.ACTIVE
    tenant.default_locale = wish.default_locale
    tenant.time_zone = wish.time_zone
    tenant.created_at = timezone.now()
    tenant.save()
    if wish.domain is not None:
        Domain.objects.create(domain=wish.domain, tenant=tenant)
    return tenant


def _make_spare() -> None:
    spare = Tenant.objects.create(schema_name=f"t_{secrets.token_hex(6)}", state=State.SPARE)
    bring_up_to_date(spare)


def _refill(count: int) -> int:
    stale = list(Tenant.objects.filter(state=State.SPARE).exclude(migrations=current_migrations()))
    for spare in stale:
        bring_up_to_date(spare)
    missing = max(0, count - Tenant.objects.filter(state=State.SPARE).count())
    for _ in range(missing):
        _make_spare()
    return len(stale) + missing
