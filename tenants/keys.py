"""API keys: how their secrets look, and making and revoking them."""

import hashlib
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from tenants.limits import Numbers
from tenants.models import ApiKey, Mode, Scope

RANDOM_BYTES = 24  # 192 bits; 160 are asked for
SECRET_LENGTH = 32  # of the random part, in base 64
START = "sb_{mode}_"
SHOWN = 6  # characters of the random part that the visible prefix holds


@dataclass(frozen=True, slots=True, kw_only=True)
class NewKey:
    """A key just made. The secret is nowhere else, and cannot be had again."""

    key: ApiKey
    secret: str


def digest_of(secret: str) -> bytes:
    """What is stored of a secret. A plain hash is enough: nobody can guess 192 random bits."""
    return hashlib.sha256(secret.encode()).digest()


def is_well_formed(secret: str) -> bool:
    """Whether a text looks like a key at all."""
    return surplus(secret) == 0


def surplus(secret: str) -> int | None:
    """How many characters more than a key a text has, or less; None where it begins otherwise."""
    brand, _, rest = secret.partition("_")
    mode, found, random_part = rest.partition("_")
    if brand != "sb" or mode not in Mode.values or not found:
        return None
    return len(random_part) - SECRET_LENGTH


@transaction.atomic
def create_key(
    tenant_id: int,
    *,
    name: str,
    mode: str,
    scopes: Collection[str] = tuple(Scope.values),
    expires_at: datetime | None = None,
    limits: Numbers | None = None,
    owner_id: int | None = None,
) -> NewKey:
    """Make and store a key of the tenant, capped by the role of its owner if it has one.

    The limits are those that limit_checks lets pass.
    """
    start = START.format(mode=mode)
    secret = start + secrets.token_urlsafe(RANDOM_BYTES)
    key = ApiKey.objects.create(
        tenant_id=tenant_id,
        name=name,
        prefix=secret[: len(start) + SHOWN],
        digest=digest_of(secret),
        mode=mode,
        scopes=list(scopes),
        expires_at=expires_at,
        limits=dict(limits or {}),
        owner_id=owner_id,
    )
    return NewKey(key=key, secret=secret)


@transaction.atomic
def set_limits(key: ApiKey, limits: Numbers) -> None:
    """Change what a key may ask for, to limits that limit_checks lets pass."""
    key.limits = dict(limits)
    key.save(update_fields=["limits"])


@transaction.atomic
def revoke(key: ApiKey) -> None:
    """End a key for good; the second time changes nothing."""
    if key.revoked_at is None:
        key.revoked_at = timezone.now()
        key.save(update_fields=["revoked_at"])
