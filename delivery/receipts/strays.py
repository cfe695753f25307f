"""Receipts of the platform's accounts of which nobody knows yet whose they are.

They are kept, and the job of each minute asks the tenants again: soon at first, then at ever longer
intervals, until it is certain that Signalbus did not send the message.
"""

import json
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from delivery.receipts import apply, owners
from delivery.receipts.events import EventKind, ReceiptEvent
from signalbus.core.logs import get_logger
from tenants.models import StrayReceipt

PAGE = 500  # asked about in one go
MOST = 5000  # in one run of the job
SOONEST = timedelta(seconds=30)
# As long as an attempt may take to be recorded: after an outage of PostgreSQL, with it.
YOUNG = timedelta(hours=6)

log = get_logger(__name__)


def keep(account: UUID, events: Sequence[ReceiptEvent]) -> None:
    """Keep them, each once."""
    now = timezone.now()
    rows = [_row(account, event, now) for event in events]
    StrayReceipt.objects.bulk_create(rows, ignore_conflicts=True)


def match(now: datetime) -> int:
    """Take in those whose tenant is known by now; how many those were."""
    found = 0
    for _ in range(0, MOST, PAGE):
        due = StrayReceipt.objects.filter(look_at__lte=now).order_by("look_at")
        rows = list(due[:PAGE])
        found += _match(rows, now)
        if len(rows) < PAGE:
            break
    return found


def purge(now: datetime) -> int:
    """Delete those whose days are over; how many those were."""
    oldest = now - timedelta(days=settings.RECEIPT_DAYS)
    return StrayReceipt.objects.filter(received_at__lt=oldest).delete()[0]


def _match(rows: Sequence[StrayReceipt], now: datetime) -> int:
    by_account: defaultdict[UUID, list[StrayReceipt]] = defaultdict(list)
    for row in rows:
        by_account[row.account_id].append(row)
    return sum(_match_of(account, several, now) for account, several in by_account.items())


def _match_of(account: UUID, rows: Sequence[StrayReceipt], now: datetime) -> int:
    _look_later(rows, now)
    known = owners.by_reference(account, [row.reference for row in rows]).schemas
    by_schema: defaultdict[str, list[StrayReceipt]] = defaultdict(list)
    for row in rows:
        if row.reference in known:
            by_schema[known[row.reference]].append(row)
    return sum(_hand_over(schema, account, owned) for schema, owned in by_schema.items())


def _hand_over(schema: str, account: UUID, rows: Sequence[StrayReceipt]) -> int:
    """Twice, if this ends in between; that does no harm."""
    try:
        apply.apply(schema, account, [_event(row) for row in rows])
    except Exception:
        log.exception("receipts.match_failed", schema=schema)
        return 0
    StrayReceipt.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return len(rows)


def _look_later(rows: Sequence[StrayReceipt], now: datetime) -> None:
    for row in rows:
        age = now - row.received_at
        row.look_at = now + max(age, SOONEST) if age < YOUNG else None
    StrayReceipt.objects.bulk_update(rows, ["look_at"])


def _row(account: UUID, event: ReceiptEvent, now: datetime) -> StrayReceipt:
    return StrayReceipt(
        account_id=account,
        event_id=apply.text(event.event_id, apply.LONGEST_KEY),
        reference=apply.text(event.reference, apply.LONGEST_KEY),
        event=event.kind,
        error_class=event.error_class,
        code=apply.text(event.code, apply.LONGEST_CODE),
        detail=apply.text(event.detail, apply.LONGEST_DETAIL),
        raw=json.loads(apply.raw_json(event.raw)),
        occurred_at=event.occurred_at,
        received_at=now,
        look_at=now + SOONEST if event.reference else None,
    )


def _event(row: StrayReceipt) -> ReceiptEvent:
    return ReceiptEvent(
        event_id=row.event_id,
        kind=EventKind(row.event),
        occurred_at=row.occurred_at,
        reference=row.reference,
        error_class=row.error_class,
        code=row.code,
        detail=row.detail,
        raw=row.raw,
    )
