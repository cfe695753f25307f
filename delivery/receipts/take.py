"""What a hook was told, taken in: each tenant's receipts in a transaction of its own."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import timedelta

from django.utils import timezone

from delivery.receipts import apply, matching, owners, receivers, seen
from delivery.receipts.doors import Door
from delivery.receipts.events import ReceiptEvent
from delivery.receipts.readers.base import Read
from signalbus.api.problems import Problem
from tenants import doors

EARLY = timedelta(minutes=2)  # an attempt is recorded within seconds


def take(door: Door, read: Read) -> None:
    """Store and apply what was read. Raises what the database does, and Problem where the provider
    is to repeat it; that does no harm.
    """
    account = door.account
    owned = _by_schema(door, read.receipts)
    for schema, events in owned.items():
        outcomes = apply.take(schema, account.id, events, provider=account.kind)
        seen.taken(door, events, outcomes)
        if apply.Outcome.UNMATCHED in outcomes:
            matching.soon(schema)
    handed = receivers.receive(read.inbound)
    seen.inbound(door, len(read.inbound), handed)
    seen.ignored(door, read.ignored)
    doors.note_receipt(account.id, timezone.now())
    if any(_may_be_early(event) for event in _strays(read.receipts, owned)):
        raise Problem("unavailable", "Nobody knows the message yet; repeat the receipt.")


def _strays(
    events: Sequence[ReceiptEvent], owned: Mapping[str, Sequence[ReceiptEvent]]
) -> list[ReceiptEvent]:
    known = {id(event) for several in owned.values() for event in several}
    return [event for event in events if id(event) not in known]


def _may_be_early(event: ReceiptEvent) -> bool:
    """Whether it names no tenant, and may be quicker than the record of its attempt."""
    return event.tenant_id is None and timezone.now() - event.occurred_at < EARLY


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
