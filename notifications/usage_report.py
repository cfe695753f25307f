"""What a tenant and a key have used and may still use, for the API and the console."""

from datetime import datetime

from notifications import usage
from notifications.values import Value
from tenants.identity import KeyIdentity, TenantIdentity
from tenants.standing import Used, lines


class Report(Value, frozen=True, kw_only=True):
    """The usage of a mode, by the database's clock; of a key nothing where it has no quotas."""

    at: datetime
    lines: tuple[Used, ...]
    of_key: tuple[Used, ...] = ()


def report(tenant: TenantIdentity, mode: str, key: KeyIdentity | None = None) -> Report:
    """Every channel's day and month; what counts notifications in all comes first."""
    limited = key if key and key.limits.quotas else None
    standings = usage.read(mode, [limited.id] if limited else [])
    return Report(
        at=standings[None].now,
        lines=lines(tenant.limits, standings[None]),
        of_key=lines(limited.limits, standings[limited.id]) if limited else (),
    )
