"""Tenants' provider accounts as values, kept in process for a moment."""

import json
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from delivery.models import credentials_context
from delivery.providers.account import Account
from signalbus.core.crypto import SecretError
from signalbus.core.sealing import unseal
from signalbus.core.timed_cache import TimedCache
from tenants.identity import TenantIdentity
from tenants.models import PLATFORM_CREDENTIALS
from tenants.schemas import TenantWork, run_for_tenants

COLUMNS = """id, name, kind, channel, options, sealed, updated_at, position, weight, per_second,
    burst, domain_per_second, enabled"""
OWN = f"""
SELECT {COLUMNS}, NULL FROM {{schema}}.delivery_provideraccount ORDER BY position, id
"""  # noqa: S608 - constants
PLATFORMS = f"""
SELECT {COLUMNS}, tenant_per_second FROM public.tenants_platformaccount ORDER BY position, id
"""  # noqa: S608
PLATFORM = 0  # no tenant has this id

MOST_KEPT = 10_000
_kept: TimedCache[int, tuple[Account, ...]] = TimedCache(seconds=2.0, size=MOST_KEPT)
_labels: TimedCache[UUID, tuple[str, str]] = TimedCache(seconds=3600.0, size=MOST_KEPT)


def accounts_of_all(tenants: Sequence[TenantIdentity]) -> dict[int, tuple[Account, ...]]:
    """The tenants' accounts of all channels by the tenant's id: their own, then the platform's.

    Either stand by position. One round trip for those not kept; not for a thread that talks to
    providers. A tenant whose accounts cannot be read is left out this time, and asked again the
    next.
    """
    found = _found(tenants)
    inherited = found.get(PLATFORM)
    return {
        tenant.id: (*found[tenant.id], *((inherited or ()) if tenant.inherits_accounts else ()))
        for tenant in tenants
        if tenant.id in found and (inherited is not None or not tenant.inherits_accounts)
    }


def of_platform() -> tuple[Account, ...]:
    """The platform's accounts, which tenants inherit. Raises what the database does."""
    kept = _kept.peek(PLATFORM)
    return _load({PLATFORM: _of_platform()})[PLATFORM] if kept is None else kept


def forget() -> None:
    """Drops what is kept, so that the next call asks the database."""
    _kept.clear()


def kind_and_channel(account: UUID) -> tuple[str, str]:
    """What metrics call an account, as far as this process has read it lately."""
    return _labels.peek(account) or ("unknown", "unknown")


def _found(tenants: Iterable[TenantIdentity]) -> dict[int, tuple[Account, ...]]:
    """The own accounts of each, and the platform's under PLATFORM if any of them inherits."""
    work = {tenant.id: TenantWork(tenant.schema, [(OWN, {})]) for tenant in tenants}
    if any(tenant.inherits_accounts for tenant in tenants):
        work[PLATFORM] = _of_platform()
    kept = {key: accounts for key in work if (accounts := _kept.peek(key)) is not None}
    stale = {key: each for key, each in work.items() if key not in kept}
    return {**kept, **(_load(stale) if stale else {})}


def _of_platform() -> TenantWork:
    return TenantWork("public", [(PLATFORMS, {})])


def _load(work: dict[int, TenantWork]) -> dict[int, tuple[Account, ...]]:
    answers = run_for_tenants(list(work.values()))
    loaded = {
        key: tuple(_account(key, work[key].schema, row) for row in answer[0])
        for key, answer in zip(work, answers, strict=True)
        if not isinstance(answer, Exception)
    }
    for key, accounts in loaded.items():
        _kept.put(key, accounts)
        for account in accounts:
            _labels.put(account.id, (account.kind, account.channel))
    return loaded


def _account(owner: int, schema: str, row: Sequence[Any]) -> Account:
    key, name, kind, channel, options, sealed, updated_at, *rest = row
    position, weight, per_second, burst, domain_per_second, enabled, tenant_per_second = rest
    inherited = owner == PLATFORM
    credentials, problem = _open(
        sealed, PLATFORM_CREDENTIALS if inherited else credentials_context(schema)
    )
    return Account(
        id=key,
        name=name,
        kind=kind,
        channel=channel,
        options=options if isinstance(options, dict) else json.loads(options),
        credentials=credentials,
        updated_at=updated_at,
        position=position,
        weight=weight,
        per_second=per_second,
        burst=burst,
        domain_per_second=domain_per_second,
        inherited=inherited,
        tenant_per_second=tenant_per_second,
        enabled=enabled,
        problem=problem,
    )


def _open(sealed: str, context: str) -> tuple[dict[str, Any], str]:
    try:
        return unseal(sealed, context), ""
    except SecretError as error:
        return {}, f"The account's credentials cannot be opened: {error}"
