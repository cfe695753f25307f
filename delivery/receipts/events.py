"""Receipts as values, whichever provider they came from."""

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
    COMPLAINED = "complained"  # reported as unwanted; it did arrive
    FAILED = "failed"  # not delivered, though nothing is wrong with the address
    OPTED_OUT = "opted_out"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptEvent:
    """One receipt. `event_id` is the provider's, unique within the account.

    The delivery is found by `delivery` and `attempt`, where the provider hands back what it was
    given (so it is found even before the attempt is recorded), and else by `reference`, the
    provider's own id of the message. `error_class` is for bad news: an ErrorClass, or empty.
    """

    event_id: str
    kind: EventKind
    occurred_at: datetime
    delivery: UUID | None = None
    attempt: UUID | None = None
    reference: str = ""
    error_class: str = ""
    code: str = ""
    detail: str = ""
    raw: Mapping[str, Any] = field(default_factory=dict)
