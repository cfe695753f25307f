"""API key → tenant, mode and scopes; and whether they suffice for the endpoint."""

from typing import TYPE_CHECKING, cast

from django.http import HttpRequest
from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from signalbus.api.problems import Problem
from signalbus.core import personal
from tenants import floods, identity, last_used, roles, throttling
from tenants.context import enter_schema
from tenants.identity import KeyIdentity, TenantIdentity
from tenants.keys import digest_of, is_well_formed, surplus
from tenants.models import Mode
from tenants.roles import Ability
from tenants.scopes import Access, access_to

PLATFORM = "sb_platform_"
OF_THE_PLATFORM = (
    "This is a key of the platform, which opens /api/platform/v1 alone. Here a tenant's key is "
    "needed, which begins with `sb_live_` or `sb_test_`."
)

if TYPE_CHECKING:  # DRF loads this module while it loads its own views
    from rest_framework.views import APIView


class ApiKeyAuthentication(BaseAuthentication):
    """Finds the key's tenant and makes its schema the current one, whatever the host.

    TenantMiddleware puts the connection back. The request is counted as soon as its key is found:
    what is refused for another reason afterwards costs as much. Raises Problem 401, 403, or 429
    where too many came with the key or its tenant's keys, or from an address without a right key.
    """

    def authenticate(self, request: Request) -> tuple[None, KeyIdentity]:
        key = _key(secret_of(request, "sb_live_…"), request._request)
        throttling.check_requests(key, request.parser_context["view"])
        check_tenant(key.tenant)
        enter_schema(key.tenant.schema)
        request._request.tenant = key.tenant  # type: ignore[attr-defined]
        personal.set_sees(key.may(Ability.PERSONAL))
        last_used.note(key.id)
        return None, key


class HasScope(BasePermission):
    """Looks the endpoint up in the table of scopes. Raises Problem 403 naming what is missing."""

    def has_permission(self, request: Request, _view: "APIView") -> bool:
        match = request.resolver_match
        needed = access_to(str(match.url_name) if match else "", request.method or "")
        if needed is not None:
            _check_access(cast(KeyIdentity, request.auth), needed)
        return True


def secret_of(request: Request, looks: str) -> str:
    """The secret that the request brings. Raises Problem; `looks` is how one begins."""
    header = request.headers.get("Authorization", "")
    scheme, _, token = header.partition(" ")
    if header and scheme.lower() != "bearer":
        floods.note_keyless(request._request)
        raise _unauthenticated(f"Write the header as `Authorization: Bearer {looks}`.")
    secret: str = token.strip() or request.headers.get("X-API-Key", "").strip()
    if not secret:
        floods.note_keyless(request._request)
        raise _unauthenticated(
            f"No API key: send it as `Authorization: Bearer {looks}` or as `X-API-Key`."
        )
    return secret


def _key(secret: str, request: HttpRequest) -> KeyIdentity:
    """The usable key. Only who has the right secret learns that it has expired or is revoked.

    The digest is computed for malformed texts as well, so that every wrong key costs the same.
    """
    digest = digest_of(secret)
    key = _found(secret, digest, request)
    if key is None or not identity.usable(key):
        floods.note_wrong_key(request)
        raise _unauthenticated(_what_has_ended(key) if key else _what_is_wrong(secret))
    floods.note_right_key(digest)
    return key


def _found(secret: str, digest: bytes, request: HttpRequest) -> KeyIdentity | None:
    """The key. Raises Problem before the database is asked for one address too often in vain."""
    known = identity.remembered(digest)
    if known is not None:
        return known
    floods.check_blocked(request, digest, may_be_right=is_well_formed(secret))
    return identity.by_digest(digest)


def _what_has_ended(key: KeyIdentity) -> str:
    if key.revoked_at:
        return _ended(key, f"was revoked at {key.revoked_at:%FT%TZ}")
    if key.role == "":
        return _ended(key, "is one of an operator who may not log in any more")
    return _ended(key, f"expired at {key.expires_at:%FT%TZ}")


def _ended(key: KeyIdentity, what: str) -> str:
    return f"The API key {key.prefix}… {what}. Make a new one in the console, below API keys."


def _what_is_wrong(secret: str) -> str:
    if is_well_formed(secret):
        return "The API key is unknown. Make one in the console, below API keys."
    if secret.startswith(PLATFORM):
        return OF_THE_PLATFORM
    more = surplus(secret)
    if more is not None:
        return _of_odd_length(more)
    return "This is no API key: keys begin with `sb_live_` or `sb_test_`."


def _of_odd_length(more: int) -> str:
    size = f"{abs(more)} {'character' if abs(more) == 1 else 'characters'}"
    if more < 0:
        return f"The API key is {size} too short: was it copied whole?"
    return f"The API key is {size} too long: was something else copied with it?"


def check_tenant(tenant: TenantIdentity) -> None:
    """Raise Problem where the tenant is suspended."""
    if tenant.is_suspended:
        reason = tenant.suspension_reason or "no reason was given"
        raise Problem("tenant-suspended", f"The tenant {tenant.name} is suspended: {reason}")


def _check_access(key: KeyIdentity, needed: Access) -> None:
    if needed.scope not in key.scopes:
        raise Problem(
            "missing-scope",
            f"The API key {key.prefix}… lacks the scope `{needed.scope}`; "
            f"it has {', '.join(sorted(key.scopes)) or 'none'}. Take a key that has it, or make "
            "one in the console, below API keys.",
        )
    ability = needed.ability_in(key.mode)
    if not key.may(ability):
        raise missing_role(key, ability)
    if needed.live_only and key.mode != Mode.LIVE:
        raise Problem(
            "live-key-needed",
            "Live and test keys share this resource, so only a live key may change it.",
        )


def missing_role(key: KeyIdentity, ability: Ability) -> Problem:
    """The problem of an operator's own key where their role does not suffice."""
    return Problem(
        "missing-role",
        f"The API key {key.prefix}… may do no more than the operator whose own it is: the role is "
        f"{key.role}, and this needs {roles.least(ability)}. Ask an owner for the role, or for a "
        "key of your application.",
    )


def _unauthenticated(detail: str) -> Problem:
    return Problem("unauthenticated", detail)
