"""Receipts that came before the attempt that they speak of was recorded, and name only the
provider's reference: they are matched a moment later, and by a job each minute.
"""

import json
import threading
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import Error, connection, transaction
from django.utils import timezone

from delivery.receipts import seen, sql
from delivery.receipts.apply import ReceivedEvent, take_in
from delivery.receipts.events import EventKind, ReceiptEvent
from signalbus.core.ids import lowest_id_at
from signalbus.core.logs import get_logger
from tenants.context import in_schema
from tenants.models import Tenant
from tenants.schemas import TenantWork, run_for_tenants

PAGE = 500  # receipts matched in one transaction
TENANTS = 500  # asked in one round trip
# An attempt is recorded within seconds of its call; after an outage of PostgreSQL, with it.
YOUNG = timedelta(hours=6)
PAUSES = (2.0, 10.0)  # seconds after a receipt that found nothing

log = get_logger(__name__)
_lock = threading.Lock()
_waiting: dict[str, int] = {}


def soon(schema: str) -> None:
    """Match the schema's receipts after each of the pauses, in a short-lived thread."""
    with _lock:
        is_first = schema not in _waiting
        _waiting[schema] = 0
    if is_first:
        _start(schema)


def match_all(now: datetime) -> int:
    """Match every tenant's; how many receipts were. One tenant's error leaves the others' done."""
    schemas = list(Tenant.objects.served().order_by("id").values_list("schema_name", flat=True))
    found = 0
    for start in range(0, len(schemas), TENANTS):
        found += sum(_matched(schema, now) for schema in _with_some(schemas[start:][:TENANTS], now))
    return found


def match(schema: str, now: datetime) -> int:
    """Match the schema's receipts that have an attempt by now; how many that were."""
    total = 0
    while page := _match_page(schema, now):
        total += page
    return total


def _with_some(schemas: Sequence[str], now: datetime) -> list[str]:
    given = {"oldest": lowest_id_at(now - YOUNG)}
    answers = run_for_tenants([TenantWork(name, [(sql.ANY_UNMATCHED, given)]) for name in schemas])
    return [
        schema
        for schema, answer in zip(schemas, answers, strict=True)
        if not isinstance(answer, Exception) and answer[0][0][0]
    ]


def _matched(schema: str, now: datetime) -> int:
    try:
        return match(schema, now)
    except Exception:
        log.exception("receipts.match_failed", schema=schema)
        return 0


def _match_page(schema: str, now: datetime) -> int:
    given: dict[str, Any] = {"oldest": lowest_id_at(now - YOUNG), "limit": PAGE}
    with in_schema(schema), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(sql.TAKE_OUT.replace("{schema}.", ""), given)
            received = [_received(row) for row in cursor.fetchall()]
        taken = take_in(received) if received else None
    if taken is not None:
        seen.moved(schema, taken.moved)
    return len(received)


def _received(row: Sequence[Any]) -> ReceivedEvent:
    account, event_id, kind, moment, reference, error_class, code, detail, raw = row
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


def _start(schema: str) -> None:
    timer = threading.Timer(PAUSES[_waiting[schema]], _again, [schema])
    timer.daemon = True
    timer.start()


def _again(schema: str) -> None:
    try:
        match(schema, timezone.now())
    except Error as error:
        log.warning("receipts.match_failed", schema=schema, error=str(error))
    finally:
        connection.close()
    with _lock:
        _waiting[schema] += 1
        if _waiting[schema] >= len(PAUSES):
            del _waiting[schema]
            return
    _start(schema)
