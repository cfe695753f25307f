"""What a hook was told, taken in: each tenant's receipts in a transaction of its own."""

from collections import defaultdict
from collections.abc import Sequence

from django.utils import timezone

from delivery.receipts import apply, later, owners, receivers, seen, strays, tokens
from delivery.receipts.doors import Door
from delivery.receipts.events import ReceiptEvent
from delivery.receipts.readers.base import Read
from tenants import doors


def claim(door: Door, read: Read) -> None:
    """Use up the proof of what was read. Raises Problem where it has proven something else."""
    if read.once is not None:
        tokens.claim(door.account.id, read.once)


def take(door: Door, read: Read) -> None:
    """Store and apply what was read. Raises what the database does, and Problem where the provider
    is to repeat it; that does no harm.
    """
    account = door.account
    by_schema = _by_schema(door, read.receipts)
    unowned = by_schema.pop(None, [])
    for schema, events in by_schema.items():
        outcomes = apply.take(str(schema), account.id, events, provider=account.kind)
        seen.taken(door, events, outcomes)
        if apply.Outcome.UNMATCHED in outcomes:
            later.soon(str(schema))
    if unowned:
        strays.keep(account.id, unowned)
        seen.strays(door, unowned)
    handed = receivers.receive(read.inbound)
    seen.inbound(door, len(read.inbound), handed)
    seen.ignored(door, read.ignored)
    doors.note_receipt(account.id, timezone.now())


def _by_schema(door: Door, events: Sequence[ReceiptEvent]) -> dict[str | None, list[ReceiptEvent]]:
    """Under None those of which nobody knows whose they are."""
    if door.tenant is not None:
        return {door.tenant.schema: list(events)} if events else {}
    by_schema: defaultdict[str | None, list[ReceiptEvent]] = defaultdict(list)
    for event, schema in zip(events, owners.schemas(door.account, events), strict=True):
        by_schema[schema].append(event)
    return dict(by_schema)
