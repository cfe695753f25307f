"""The demo tenants of a fresh clone: made once, and made whole again when something is missing.

What a former run printed is handed in as `known`, so that keys and passwords which still open
their doors stay as they are.
"""

from collections.abc import Mapping
from contextlib import nullcontext
from typing import Any

from django.contrib.auth import get_user_model

from delivery.models import ProviderAccount
from signalbus.bus.streams import Channel
from tenants import identity
from tenants.context import in_tenant
from tenants.identity import TenantIdentity, UnknownTenantError
from tenants.keys import create_key, digest_of
from tenants.models import Mode, Scope
from tenants.operators import logins
from tenants.provisioning import create_tenant

TENANTS = ("acme", "globex")
ACCOUNTS = {Channel.EMAIL: "Simulator e-mail", Channel.SMS: "Simulator SMS"}
OPERATOR = "operator"
PLATFORM_OPERATOR = "admin"

Known = Mapping[str, Any]


def set_up(known: Known) -> dict[str, Any]:
    """Both tenants with log-in, keys and simulated accounts; what to log in with, as JSON."""
    tenants = known.get("tenants") or {}
    return {
        "platform": _operator(None, PLATFORM_OPERATOR, known.get("platform") or {}),
        "tenants": {name: _tenant(name, tenants.get(name) or {}) for name in TENANTS},
    }


def _tenant(name: str, known: Known) -> dict[str, Any]:
    host = f"{name}.localhost"
    tenant = _found_or_made(name, host)
    with in_tenant(tenant):
        _add_accounts()
    return {
        "schema": tenant.schema,
        "host": host,
        **_operator(tenant, OPERATOR, known),
        "live_key": _key(tenant, Mode.LIVE, known.get("live_key")),
        "test_key": _key(tenant, Mode.TEST, known.get("test_key")),
    }


def _found_or_made(name: str, host: str) -> TenantIdentity:
    try:
        return identity.by_name(name)
    except UnknownTenantError:
        return create_tenant(name, host)


def _add_accounts() -> None:
    for channel, name in ACCOUNTS.items():
        ProviderAccount.objects.get_or_create(
            name=name, defaults={"kind": "simulator", "channel": channel}
        )


def _operator(tenant: TenantIdentity | None, username: str, known: Known) -> dict[str, str]:
    with in_tenant(tenant) if tenant else nullcontext():
        password = known.get("password")
        if not _opens(username, password):
            password = _new_password(username)
    return {"username": username, "password": str(password)}


def _opens(username: str, password: str | None) -> bool:
    user = get_user_model().objects.filter(username=username, is_active=True).first()
    return bool(user and password and user.check_password(password))


def _new_password(username: str) -> str:
    exists = get_user_model().objects.filter(username=username).exists()
    change = logins.set_password if exists else logins.create_operator
    return change(username).password


def _key(tenant: TenantIdentity, mode: Mode, known: str | None) -> str:
    found = identity.by_digest(digest_of(known)) if known else None
    if known and found and identity.usable(found) and _fits(found, tenant, mode):
        return known
    return create_key(tenant.id, name=f"demo {mode}", mode=mode, scopes=Scope.values).secret


def _fits(key: identity.KeyIdentity, tenant: TenantIdentity, mode: Mode) -> bool:
    return (key.tenant.id, key.mode) == (tenant.id, mode)
