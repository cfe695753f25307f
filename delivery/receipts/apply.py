"""What follows from receipts: stored once, the delivery moved, the address suppressed.

They may come twice, in any order, and before the attempt that they speak of is recorded. The
moves are those of notifications.states; a final receipt settles, so it takes the outbox entry
away, even a claimed one. A dead letter of a delivery that moves after all leaves the list.
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from delivery.receipts import good_sql, seen, sql, watches
from delivery.receipts.effects import ERROR_CLASSES
from delivery.receipts.events import EventKind, ReceiptEvent
from notifications import soft_bounces, status_sql
from signalbus.core.ids import new_id
from signalbus.core.texts import storable
from tenants.context import in_schema
from tenants.schemas import Statement

__all__ = ["EventKind", "ReceiptEvent", "ReceivedEvent", "apply", "statements", "take"]

LONGEST_CODE = 60  # what Receipt.code holds
LONGEST_DETAIL = 2000
LONGEST_KEY = 255  # what Receipt.event_id holds


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedEvent:
    """A receipt, the account that it came in through, and the account's kind, if that is known."""

    account: UUID
    event: ReceiptEvent
    provider: str = ""


class Outcome(StrEnum):
    """What became of a receipt that was taken in."""

    APPLIED = "applied"  # its delivery moved
    STORED = "stored"  # it moved nothing, as most of those that come late or tell of an open
    UNMATCHED = "unmatched"  # nothing is known yet that it could be about
    REPEATED = "repeated"


def statements(received: Sequence[ReceivedEvent], *, locked: bool = False) -> list[Statement]:
    """The statements of one tenant's receipts, for a transaction of that tenant.

    `locked` says that the transaction holds the entries and deliveries concerned already; else
    they are locked first. The last statement answers with the deliveries that moved: their ids,
    those of their notifications, whose status is to be computed anew afterwards (status_sql), and
    what `count` takes.
    """
    once = _once(received)
    params = _params(once)
    locks = [] if locked else _locks(params)
    return [*locks, (good_sql.APPLY if _all_good(once) else sql.APPLY, params)]


def apply(schema: str, account: UUID, events: Sequence[ReceiptEvent], *, provider: str = "") -> int:
    """Stores and applies an account's receipts in its tenant's schema; all or nothing.

    Returns how many deliveries moved. Giving the same receipts again changes nothing. `provider`
    is the account's kind.
    """
    return list(take(schema, account, events, provider=provider)).count(Outcome.APPLIED)


def take(
    schema: str, account: UUID, events: Sequence[ReceiptEvent], *, provider: str = ""
) -> list[Outcome]:
    """As `apply`; what became of each receipt, in order."""
    if not events:
        return []
    received = [ReceivedEvent(account=account, event=event, provider=provider) for event in events]
    with in_schema(schema), transaction.atomic():
        taken = take_in(received)
    seen.moved(schema, taken.moved)
    return taken.outcomes


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What became of receipts, in order; the deliveries that moved, for `seen.moved`."""

    outcomes: list[Outcome]
    moved: list[tuple[Any, ...]]


def take_in(received: Sequence[ReceivedEvent]) -> Taken:
    """Store and apply receipts in the current schema and transaction; notifications follow."""
    once = _once(received)
    params = _params(once)
    with connection.cursor() as cursor:
        for statement, given in [*_locks(params), (sql.TAKE, params)]:
            cursor.execute(statement.replace(status_sql.SCHEMA, ""), given)
        rows = cursor.fetchall()
    moved = [row[2:] for row in rows if row[2] is not None]
    watches.told(moved)
    status_sql.recompute(row[1] for row in moved)
    by_key = {_key(one): _outcome(row) for one, row in zip(once, rows, strict=True)}
    # Of one that came twice at once, the first took all.
    return Taken(
        outcomes=[by_key.pop(_key(one), Outcome.REPEATED) for one in received], moved=moved
    )


def lock(received: Sequence[ReceivedEvent]) -> None:
    """Hold what the receipts concern, in the current schema and transaction, before any receipt
    itself is held: all who take receipts in lock in this order."""
    with connection.cursor() as cursor:
        for statement, given in _locks(_params(received)):
            cursor.execute(statement.replace(status_sql.SCHEMA, ""), given)


def _outcome(row: tuple[Any, ...]) -> Outcome:
    is_stored, is_matched, moved = row[:3]
    if not is_stored:
        return Outcome.REPEATED
    if moved is not None:
        return Outcome.APPLIED
    return Outcome.STORED if is_matched else Outcome.UNMATCHED


def _locks(params: dict[str, Any]) -> list[Statement]:
    return [(sql.LOCK_ENTRIES, params), (sql.LOCK_DELIVERIES, params)]


def _key(received: ReceivedEvent) -> tuple[UUID, str]:
    return received.account, received.event.event_id


def _once(received: Sequence[ReceivedEvent]) -> list[ReceivedEvent]:
    """Without repetitions of one event id, of which the first one stays."""
    first: dict[tuple[UUID, str], ReceivedEvent] = {}
    for each in received:
        first.setdefault(_key(each), each)
    return list(first.values())


def _all_good(received: Sequence[ReceivedEvent]) -> bool:
    """Whether each one says that another delivery has arrived, and names our ids of it."""
    events = [each.event for each in received]
    return len({event.delivery for event in events}) == len(events) and all(
        event.kind is EventKind.DELIVERED and event.delivery and event.attempt for event in events
    )


def _params(received: Sequence[ReceivedEvent]) -> dict[str, Any]:
    """The receipts as parallel arrays."""
    events = [each.event for each in received]
    return {
        "ids": [new_id() for _ in events],
        "accounts": [each.account for each in received],
        "event_ids": [text(event.event_id, LONGEST_KEY) for event in events],
        "kinds": [str(event.kind) for event in events],
        "deliveries": [event.delivery for event in events],
        "attempts": [event.attempt for event in events],
        "references": [text(event.reference, LONGEST_KEY) for event in events],
        "moments": [event.occurred_at for event in events],
        "classes": [_error_class(event) for event in events],
        "codes": [text(event.code, LONGEST_CODE) for event in events],
        "details": [text(event.detail, LONGEST_DETAIL) for event in events],
        "raws": [raw_json(event.raw) for event in events],
        "providers": [each.provider for each in received],
        **soft_bounces.figures(),
    }


def _error_class(event: ReceiptEvent) -> str:
    return event.error_class or ERROR_CLASSES.get(event.kind, "")


def text(given: str, longest: int) -> str:
    """As much of it as a column holds."""
    return storable(given)[:longest]


def raw_json(raw: Any) -> str:
    """What came with a receipt, as PostgreSQL takes it."""
    return json.dumps(_storable(raw), default=str) if raw else "{}"


def _storable(value: Any) -> Any:
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, Mapping):
        return {storable(str(key)): _storable(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_storable(inner) for inner in value]
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value
