"""Tenants' provider accounts as values, kept in process for a moment."""

import json
from collections.abc import Sequence
from typing import Any

from django.conf import settings

from delivery.models import credentials_context
from delivery.providers.account import Account
from signalbus.core.crypto import KeyRing, SecretError
from signalbus.core.timed_cache import TimedCache
from tenants.identity import TenantIdentity
from tenants.schemas import TenantWork, run_for_tenants

ALL = """
SELECT id, name, kind, channel, options, sealed, updated_at, position, enabled
FROM {schema}.delivery_provideraccount ORDER BY position, id
"""

_kept: TimedCache[int, tuple[Account, ...]] = TimedCache(seconds=2.0, size=10_000)


def accounts_of_all(tenants: Sequence[TenantIdentity]) -> dict[int, tuple[Account, ...]]:
    """The tenants' accounts of all channels by the tenant's id, the one to be used first in front.

    One round trip for those not kept; not for a thread that talks to providers. A tenant whose
    accounts cannot be read is left out this time, and asked again the next.
    """
    kept = {tenant.id: _kept.peek(tenant.id) for tenant in tenants}
    stale = {tenant.id: tenant for tenant in tenants if kept[tenant.id] is None}
    loaded = _load(list(stale.values())) if stale else {}
    return {**{key: found for key, found in kept.items() if found is not None}, **loaded}


def forget() -> None:
    """Drops what is kept, so that the next call asks the database."""
    _kept.clear()


def _load(tenants: Sequence[TenantIdentity]) -> dict[int, tuple[Account, ...]]:
    answers = run_for_tenants([TenantWork(tenant.schema, [(ALL, {})]) for tenant in tenants])
    loaded = {
        tenant.id: tuple(_account(tenant.schema, row) for row in answer[0])
        for tenant, answer in zip(tenants, answers, strict=True)
        if not isinstance(answer, Exception)
    }
    for key, accounts in loaded.items():
        _kept.put(key, accounts)
    return loaded


def _account(schema: str, row: Sequence[Any]) -> Account:
    key, name, kind, channel, options, sealed, updated_at, position, enabled = row
    credentials, problem = _open(schema, sealed)
    return Account(
        id=key,
        name=name,
        kind=kind,
        channel=channel,
        options=options if isinstance(options, dict) else json.loads(options),
        credentials=credentials,
        updated_at=updated_at,
        position=position,
        enabled=enabled,
        problem=problem,
    )


def _open(schema: str, sealed: str) -> tuple[dict[str, Any], str]:
    if not sealed:
        return {}, ""
    try:
        ring = KeyRing.parse(settings.ENCRYPTION_KEYS)
        return dict(json.loads(ring.decrypt(sealed, credentials_context(schema)))), ""
    except SecretError as error:
        return {}, f"The account's credentials cannot be opened: {error}"
