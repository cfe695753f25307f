"""What a hook was told, taken in: each tenant's receipts in a transaction of its own."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from django.utils import timezone

from delivery.receipts import apply, matching, owners, receivers, seen
from delivery.receipts.doors import Door
from delivery.receipts.events import ReceiptEvent
from delivery.receipts.readers.base import Read
from tenants import doors


def take(door: Door, read: Read) -> None:
    """Store and apply what was read. Raises what the database does, and then may be repeated."""
    account = door.account
    for schema, events in _by_schema(door, read.receipts).items():
        outcomes = apply.take(schema, account.id, events, provider=account.kind)
        seen.taken(door, events, outcomes)
        if apply.Outcome.UNMATCHED in outcomes:
            matching.soon(schema)
    handed = receivers.receive(read.inbound)
    seen.inbound(door, len(read.inbound), handed)
    seen.ignored(door, read.ignored)
    doors.note_receipt(account.id, timezone.now())


def _by_schema(door: Door, events: Sequence[ReceiptEvent]) -> Mapping[str, list[ReceiptEvent]]:
    if door.tenant is not None:
        return {door.tenant.schema: list(events)} if events else {}
    found = owners.schemas(door.account, events)
    by_schema: defaultdict[str, list[ReceiptEvent]] = defaultdict(list)
    for event, schema in zip(events, found, strict=True):
        if schema is None:
            seen.stray(door, event)
        else:
            by_schema[schema].append(event)
    return by_schema
