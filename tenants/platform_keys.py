"""The platform's own keys: how their secrets look, making and revoking them, and who asks.

They open `/api/platform/v1/` and nothing of a tenant's; a tenant's keys open nothing there.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from signalbus.core.timed_cache import TimedCache
from tenants.identity import SECONDS_REMEMBERED
from tenants.keys import RANDOM_BYTES, SECRET_LENGTH, SHOWN, digest_of
from tenants.models import PlatformKey

BRAND = "sb_platform_"
BETWEEN = timedelta(minutes=1)  # so often at most the last use of a key is noted
MOST_REMEMBERED = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPlatformKey:
    """A key just made. The secret is nowhere else, and cannot be had again."""

    key: PlatformKey
    secret: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformIdentity:
    """A key as authentication found it; `request.auth` of the platform's API."""

    id: UUID
    prefix: str
    name: str
    expires_at: datetime | None
    revoked_at: datetime | None

    @property
    def actor(self) -> str:
        """How the key is named where its acts are shown."""
        return f"platform key {self.prefix}…"

    def is_usable(self, now: datetime) -> bool:
        """Whether it is neither revoked nor expired."""
        return self.revoked_at is None and (self.expires_at is None or self.expires_at > now)


_known = TimedCache[bytes, PlatformIdentity](seconds=SECONDS_REMEMBERED, size=MOST_REMEMBERED)
_noted = TimedCache[UUID, bool](seconds=BETWEEN.total_seconds(), size=MOST_REMEMBERED)


def is_well_formed(secret: str) -> bool:
    """Whether a text looks like a key of the platform at all."""
    return secret.startswith(BRAND) and len(secret) == len(BRAND) + SECRET_LENGTH


@transaction.atomic
def create_key(name: str, expires_at: datetime | None = None) -> NewPlatformKey:
    """Make and store a key of the platform."""
    secret = BRAND + secrets.token_urlsafe(RANDOM_BYTES)
    key = PlatformKey.objects.create(
        name=name,
        prefix=secret[: len(BRAND) + SHOWN],
        digest=digest_of(secret),
        expires_at=expires_at,
    )
    return NewPlatformKey(key=key, secret=secret)


@transaction.atomic
def revoke(key: PlatformKey) -> None:
    """End a key for good; other processes may take it for some seconds still."""
    if key.revoked_at is None:
        key.revoked_at = timezone.now()
        key.save(update_fields=["revoked_at"])
    transaction.on_commit(_known.clear)


def remembered(digest: bytes) -> PlatformIdentity | None:
    """The key with this digest if this process has looked it up a moment ago."""
    return _known.peek(digest)


def by_digest(digest: bytes) -> PlatformIdentity | None:
    """The key with this digest, usable or not; None is never remembered."""
    row = PlatformKey.objects.filter(digest=digest).first()
    if row is None:
        return None
    found = PlatformIdentity(
        id=row.id,
        prefix=row.prefix,
        name=row.name,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
    )
    _known.put(digest, found)
    return found


def note_use(key: PlatformIdentity) -> None:
    """Remember that the key was used; to the minute."""
    if _noted.peek(key.id):
        return
    _noted.put(key.id, True)
    now = timezone.now()
    stale = Q(last_used_at=None) | Q(last_used_at__lt=now - BETWEEN)
    PlatformKey.objects.filter(stale, id=key.id).update(last_used_at=now)
