"""Receipts and inbound messages as values, whichever provider they came from. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID


class EventKind(StrEnum):
    """What a receipt says."""

    DELIVERED = "delivered"
    BOUNCED = "bounced"  # for good: the address does not exist
    SOFT_BOUNCED = "soft_bounced"  # the provider gave up, though the address may be right
    DEFERRED = "deferred"  # not yet: the provider goes on trying
    COMPLAINED = "complained"  # reported as unwanted; it did arrive
    FAILED = "failed"  # not delivered, though nothing is wrong with the address
    OPTED_OUT = "opted_out"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptEvent:
    """One receipt. `event_id` is the provider's, unique within the account.

    The delivery is found by `delivery` and `attempt`, where the provider hands back what it was
    given (so it is found even before the attempt is recorded), and else by `reference`, the
    provider's own id of the message. `tenant_id` came back in the same way; it counts only where
    several tenants share the account. `error_class` is for bad news: an ErrorClass, or empty.
    """

    event_id: str
    kind: EventKind
    occurred_at: datetime
    delivery: UUID | None = None
    attempt: UUID | None = None
    tenant_id: int | None = None
    reference: str = ""
    error_class: str = ""
    code: str = ""
    detail: str = ""
    raw: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbound:
    """A message that somebody sent to one of an account's numbers or addresses.

    `tenant_id` says whose account it is; None for one of the platform, whose provider cannot tell.
    `event_id` is the provider's, unique within the account, and comes again when the provider
    repeats itself. `mime` is the whole message of an e-mail as it came; an SMS has only `text`.
    """

    account: UUID
    kind: str
    tenant_id: int | None
    channel: str
    event_id: str
    from_: str
    to: str
    received_at: datetime
    text: str = ""
    subject: str = ""
    mime: bytes = b""
    raw: Mapping[str, Any] = field(default_factory=dict)
