"""What is wrong with a tenant that somebody wants, field by field."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from msgspec import UnsetType

from signalbus.api.pointers import inside
from signalbus.api.problems import PointedError, invalid
from signalbus.bus.lines import HEAVIEST
from signalbus.bus.streams import DELIVERY_STREAMS
from signalbus.core.errors import SignalbusError
from signalbus.platform_api.bases import conflict
from signalbus.platform_api.shapes import TenantChanges, TenantIn
from tenants import domains
from tenants.domains import DomainError
from tenants.limit_checks import LimitsError, check_tenant
from tenants.models import Tenant
from tenants.places import check_locale, check_time_zone
from tenants.provisioning import check_name

Check = Callable[[Any], None]
TEXTS: Mapping[str, Check] = {
    "name": check_name,
    "default_locale": check_locale,
    "time_zone": check_time_zone,
}
NO_CONSOLE = "An invitation leads to the tenant's console, which needs a domain: name one."


def check_new(asked: TenantIn) -> None:
    """Raise Problem where no such tenant can be made."""
    errors = list(_wrong(asked))
    if asked.operator and asked.domain is None:
        errors.append(PointedError("/operator", NO_CONSOLE))
    if asked.operator and not _is_address(asked.operator.email):
        errors.append(PointedError("/operator/email", "This is no e-mail address."))
    if errors:
        raise invalid(*errors)
    if Tenant.objects.filter(name=asked.name).exists():
        raise conflict(f"There is already a tenant {asked.name!r}.", "/name")
    if asked.domain is not None:
        check_domain(asked.domain)


def check_changes(changes: TenantChanges) -> None:
    """Raise Problem where a tenant cannot be changed so."""
    if errors := list(_wrong(changes)):
        raise invalid(*errors)


def check_domain(host: str) -> None:
    """Raise Problem for what is no host name, and for one that is somebody's."""
    try:
        domains.check_free(host)
    except DomainError as error:
        raise conflict(str(error), "/domain") from error
    except ValueError as error:
        raise invalid(PointedError("/domain", str(error))) from error


def _wrong(asked: TenantIn | TenantChanges) -> Iterator[PointedError]:
    for field, check in TEXTS.items():
        value = getattr(asked, field)
        if not isinstance(value, UnsetType):
            try:
                check(value)
            except (ValueError, SignalbusError) as error:
                yield PointedError(f"/{field}", str(error))
    if not isinstance(asked.limits, UnsetType):
        yield from _wrong_limits(asked.limits)
    if not isinstance(asked.weights, UnsetType):
        yield from _wrong_weights(asked.weights)


def _wrong_limits(limits: Mapping[str, int | None]) -> Iterator[PointedError]:
    try:
        check_tenant(limits)
    except LimitsError as error:
        for name, told in error.faults.items():
            yield PointedError(inside("/limits", name), told)


def _wrong_weights(weights: Mapping[str, int]) -> Iterator[PointedError]:
    for stream, weight in weights.items():
        if stream not in DELIVERY_STREAMS:
            known = ", ".join(DELIVERY_STREAMS)
            yield PointedError(inside("/weights", stream), f"No such stream. There are: {known}.")
        elif not 1 <= weight <= HEAVIEST:
            told = f"A weight is a whole number from 1 to {HEAVIEST}."
            yield PointedError(inside("/weights", stream), told)


def _is_address(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True
