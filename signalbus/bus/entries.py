"""The values that go into and come out of the line."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

PLATFORM = 0  # the tenant of entries that belong to no tenant: ids of tenants begin with 1


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEntry:
    """An entry to put into the line. Without `available_at` it is due at once."""

    id: UUID
    stream: str
    tenant_id: int
    partition_key: int
    delivery: UUID | None = None
    purpose: str = "send"
    available_at: datetime | None = None
    reason: str = ""
    trace: str = ""
    body: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """An entry as it stands. `claim` is the attempt under way; `claim_account`, `claim_sender` and
    `claimed_at` tell of the latest one, also after it ended."""

    id: UUID
    purpose: str
    claim: UUID | None
    generation: int
    available_at: datetime
    reason: str
    tries: int
    published: bool
    crashes: int
    stream: str
    tenant_id: int
    delivery: UUID | None
    claim_account: UUID | None
    claim_sender: str | None
    claimed_at: datetime | None
    reserved_account: UUID | None
    reserved_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A claim that is asked for: the entry in this generation, for that attempt.

    `visible_for` is in seconds: how long the claim holds unless it is prolonged.
    """

    entry: UUID
    generation: int
    attempt: UUID
    account: UUID | None
    sender: str | None
    visible_for: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """A claim that was got: `generation` is the entry's since then, one above the message's."""

    entry: UUID
    attempt: UUID
    generation: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Postponed:
    """An entry's next time: after `delay` seconds, or at `available_at` where that is given.

    It is moved only under that `claim`, or, without one, if it is published in that `generation`
    and unclaimed. `tries` and `purpose` stay as they are where None; `crashed` counts one more
    crash; `reserved_account` notes that a limit gave that account this moment.
    """

    entry: UUID
    generation: int | None = None
    claim: UUID | None = None
    delay: float = 0.0
    available_at: datetime | None = None
    reason: str = ""
    tries: int | None = None
    purpose: str | None = None
    crashed: bool = False
    reserved_account: UUID | None = None
