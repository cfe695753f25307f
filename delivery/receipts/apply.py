"""What follows from receipts: stored once, the delivery moved, the address suppressed.

They may come twice, in any order, and before the attempt that they speak of is recorded. The
moves are those of notifications.states; a final receipt settles, so it takes the outbox entry
away, even a claimed one. A dead letter of a delivery that moves after all leaves the list.
"""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from delivery.receipts import good_sql, sql
from delivery.receipts.effects import ERROR_CLASSES
from delivery.receipts.events import EventKind, ReceiptEvent
from notifications import status_sql
from signalbus.core.ids import new_id
from signalbus.core.metrics import NOTIFICATIONS_PROCESSED
from tenants.context import in_schema
from tenants.schemas import Statement

__all__ = ["EventKind", "ReceiptEvent", "ReceivedEvent", "apply", "statements"]

LONGEST_CODE = 60  # what Receipt.code holds
LONGEST_DETAIL = 2000
LONGEST_KEY = 255  # what Receipt.event_id holds


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedEvent:
    """A receipt and the account that it came in through."""

    account: UUID
    event: ReceiptEvent


def statements(received: Sequence[ReceivedEvent], *, locked: bool = False) -> list[Statement]:
    """The statements of one tenant's receipts, for a transaction of that tenant.

    `locked` says that the transaction holds the entries and deliveries concerned already; else
    they are locked first. The last statement answers with the deliveries that moved: their ids,
    those of their notifications, whose status is to be computed anew afterwards (status_sql), and
    what `count` takes.
    """
    once = _once(received)
    params = _params(once)
    locks = [] if locked else [(sql.LOCK_ENTRIES, params), (sql.LOCK_DELIVERIES, params)]
    return [*locks, (good_sql.APPLY if _all_good(once) else sql.APPLY, params)]


def apply(schema: str, account: UUID, events: Sequence[ReceiptEvent]) -> int:
    """Stores and applies an account's receipts in its tenant's schema; all or nothing.

    Returns how many deliveries moved. Giving the same receipts again changes nothing.
    """
    if not events:
        return 0
    received = [ReceivedEvent(account=account, event=event) for event in events]
    with in_schema(schema), transaction.atomic(), connection.cursor() as cursor:
        for statement, params in statements(received):
            cursor.execute(statement.replace(status_sql.SCHEMA, ""), params)
        moved = cursor.fetchall()
        status_sql.recompute(row[1] for row in moved)
    count(moved)
    return len(moved)


def count(moved: Sequence[tuple[Any, ...]]) -> None:
    """Count deliveries that receipts have moved, once that is committed."""
    for (channel, lane, status), number in Counter(row[2:] for row in moved).items():
        NOTIFICATIONS_PROCESSED.labels(channel, lane, status).inc(number)


def _once(received: Sequence[ReceivedEvent]) -> list[ReceivedEvent]:
    """Without repetitions of one event id, of which the first one stays."""
    first: dict[tuple[UUID, str], ReceivedEvent] = {}
    for each in received:
        first.setdefault((each.account, each.event.event_id), each)
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
        "event_ids": [_text(event.event_id, LONGEST_KEY) for event in events],
        "kinds": [str(event.kind) for event in events],
        "deliveries": [event.delivery for event in events],
        "attempts": [event.attempt for event in events],
        "references": [_text(event.reference, LONGEST_KEY) for event in events],
        "moments": [event.occurred_at for event in events],
        "classes": [_error_class(event) for event in events],
        "codes": [_text(event.code, LONGEST_CODE) for event in events],
        "details": [_text(event.detail, LONGEST_DETAIL) for event in events],
        "raws": [_json(event.raw) for event in events],
    }


def _error_class(event: ReceiptEvent) -> str:
    return event.error_class or ERROR_CLASSES.get(event.kind, "")


def _text(text: str, longest: int) -> str:
    return text.replace("\0", "")[:longest]


def _json(raw: Any) -> str:
    return json.dumps(_without_nul(raw), default=str) if raw else "{}"


def _without_nul(value: Any) -> Any:
    """The value without NUL characters, which PostgreSQL's JSON does not take."""
    if isinstance(value, str):
        return value.replace("\0", "")
    if isinstance(value, dict):
        return {_without_nul(key): _without_nul(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_without_nul(inner) for inner in value]
    return value
