"""Receipts that came before the attempt that they speak of was recorded, and name only the
provider's reference: they are matched a moment later (later.py), and by a job each minute.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from delivery.receipts import seen, sql, strays
from delivery.receipts.apply import ReceivedEvent, lock, take_in
from delivery.receipts.events import EventKind, ReceiptEvent
from notifications import status_sql
from signalbus.core.ids import lowest_id_at
from signalbus.core.logs import get_logger
from tenants.context import in_schema
from tenants.models import Tenant
from tenants.schemas import TenantWork, run_for_tenants

PAGE = 500  # receipts matched in one transaction
TENANTS = 500  # asked in one round trip
# An attempt is recorded within seconds of its call; after an outage of PostgreSQL, with it. So the
# latest receipts are looked at each minute, and all young ones now and then: there may be many of
# messages that Signalbus did not send.
LATEST = timedelta(minutes=15)
YOUNG = timedelta(hours=6)
NOW_AND_THEN = 10  # minutes

log = get_logger(__name__)


def match_all(now: datetime) -> int:
    """Match every tenant's, and those that had none; how many receipts were. One tenant's error
    leaves the others' done.
    """
    oldest = lowest_id_at(now - (LATEST if now.minute % NOW_AND_THEN else YOUNG))
    schemas = list(Tenant.objects.served().order_by("id").values_list("schema_name", flat=True))
    found = 0
    for start in range(0, len(schemas), TENANTS):
        with_some = _with_some(schemas[start:][:TENANTS], oldest)
        found += sum(_matched(schema, oldest) for schema in with_some)
    return found + strays.match(now)


def match(schema: str, now: datetime) -> int:
    """Match the schema's latest receipts that have an attempt by now; how many that were."""
    return _match(schema, lowest_id_at(now - LATEST))


def _match(schema: str, oldest: UUID) -> int:
    total = 0
    while page := _match_page(schema, oldest):
        total += page
    return total


def _with_some(schemas: Sequence[str], oldest: UUID) -> list[str]:
    given = {"oldest": oldest}
    answers = run_for_tenants([TenantWork(name, [(sql.ANY_UNMATCHED, given)]) for name in schemas])
    return [
        schema
        for schema, answer in zip(schemas, answers, strict=True)
        if not isinstance(answer, Exception) and answer[0][0][0]
    ]


def _matched(schema: str, oldest: UUID) -> int:
    try:
        return _match(schema, oldest)
    except Exception:
        log.exception("receipts.match_failed", schema=schema)
        return 0


def _match_page(schema: str, oldest: UUID) -> int:
    with in_schema(schema), transaction.atomic():
        found = _rows(sql.UNMATCHED, {"oldest": oldest, "limit": PAGE})
        if not found:
            return 0
        lock([_received(row) for row in found])
        there = _rows(sql.TAKE_OUT, {"ids": [row[0] for row in found]})
        taken = take_in([_received(row) for row in sorted(there)]) if there else None
    if taken is not None:
        seen.moved(schema, taken.moved)
    return len(there)


def _rows(statement: str, given: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement.replace(status_sql.SCHEMA, ""), given)
        return cursor.fetchall()


def _received(row: Sequence[Any]) -> ReceivedEvent:
    _, account, event_id, kind, moment, reference, error_class, code, detail, raw = row
    event = ReceiptEvent(
        event_id=event_id,
        kind=EventKind(kind),
        occurred_at=moment,
        reference=reference,
        error_class=error_class,
        code=code,
        detail=detail,
        raw=json.loads(raw),
    )
    return ReceivedEvent(account=account, event=event)
