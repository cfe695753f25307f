"""API keys as the API takes and shows them."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from msgspec import Meta, Struct

from tenants.models import ApiKey

Name = Annotated[str, Meta(min_length=1, max_length=100, examples=["order service"])]
Mode = Literal["live", "test"]
Scopes = Annotated[list[Literal["send", "read", "manage"]], Meta(min_length=1)]


class KeyIn(Struct, forbid_unknown_fields=True, kw_only=True):
    """A key that is wanted; `mode` is the asking key's own unless given."""

    name: Name
    scopes: Scopes
    mode: Mode | None = None
    expires_at: Annotated[datetime, Meta(tz=True)] | None = None


class KeyOut(Struct, kw_only=True):
    """A key without its secret; `prefix` is the part by which people recognise it."""

    id: UUID
    name: str
    prefix: str
    mode: Mode
    scopes: list[str]
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None
    created_at: datetime


class NewKeyOut(KeyOut, kw_only=True):
    """A key just made. `key` is the secret, shown this one time."""

    key: str


def shown(row: ApiKey) -> KeyOut:
    """A key as lists show it."""
    return KeyOut(**_fields(row))


def shown_once(row: ApiKey, secret: str) -> NewKeyOut:
    """A new key with its secret."""
    return NewKeyOut(key=secret, **_fields(row))


def _fields(row: ApiKey) -> dict[str, Any]:
    return {name: getattr(row, name) for name in KeyOut.__struct_fields__}
