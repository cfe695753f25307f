"""What notifications can be searched by."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Exact values; None asks nothing. `to` is an address in any usual form.

    `status` is a stored state, or sending, held or retrying, which are read from the line.
    `channel`, `provider`, `error_class` and `to` have to be true of one and the same delivery.
    """

    status: str | None = None
    channel: str | None = None
    topic: str | None = None
    recipient: str | None = None
    to: str | None = None
    provider: str | None = None
    error_class: str | None = None
    correlation_id: str | None = None
    batch: UUID | None = None
    created_after: datetime | None = None
    created_before: datetime | None = None
