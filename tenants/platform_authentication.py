"""The platform's key → who asks at `/api/platform/v1/`."""

from django.http import HttpRequest
from django.utils import timezone
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from signalbus.api.problems import Problem
from tenants import floods, keys, platform_keys
from tenants.authentication import secret_of
from tenants.keys import digest_of
from tenants.platform_keys import BRAND, PlatformIdentity

NEXT = "Make one with manage.py create_platform_key."
OF_A_TENANT = (
    "This is a tenant's key, which opens /api/v1. The platform's own API takes keys that begin "
    f"with `{BRAND}`: {NEXT}"
)


class PlatformKeyAuthentication(BaseAuthentication):
    """Finds the platform's key. Raises Problem 401, or 429 where too many wrong ones came."""

    def authenticate(self, request: Request) -> tuple[None, PlatformIdentity]:
        key = _key(secret_of(request, f"{BRAND}…"), request._request)
        platform_keys.note_use(key)
        return None, key


def _key(secret: str, request: HttpRequest) -> PlatformIdentity:
    """The usable key. Only who has the right secret learns that it has ended."""
    digest = digest_of(secret)
    key = _found(secret, digest, request)
    if key is None or not key.is_usable(timezone.now()):
        floods.note_wrong_key(request)
        raise Problem("unauthenticated", _ended(key) if key else _wrong(secret))
    floods.note_right_key(digest)
    return key


def _found(secret: str, digest: bytes, request: HttpRequest) -> PlatformIdentity | None:
    """The key. Raises Problem before the database is asked for one address too often in vain."""
    known = platform_keys.remembered(digest)
    if known is not None:
        return known
    floods.check_blocked(request, digest, may_be_right=platform_keys.is_well_formed(secret))
    return platform_keys.by_digest(digest)


def _ended(key: PlatformIdentity) -> str:
    ended = f"revoked at {key.revoked_at:%FT%TZ}" if key.revoked_at else ""
    return f"The key {key.prefix}… {f'was {ended}' if ended else 'has expired'}. {NEXT}"


def _wrong(secret: str) -> str:
    if keys.is_well_formed(secret):
        return OF_A_TENANT
    if platform_keys.is_well_formed(secret):
        return f"The platform's key is unknown. {NEXT}"
    return f"This is no key of the platform: they begin with `{BRAND}`. {NEXT}"
