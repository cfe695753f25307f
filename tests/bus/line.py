"""Puts entries into the line and looks at them, for the tests of the bus."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from signalbus.bus import outbox
from signalbus.bus.models import OutboxEntry
from signalbus.bus.outbox import Held, NewEntry, Wanted
from signalbus.core.ids import new_id

STREAM = "email.normal"


def put(count: int = 1, *, tenant: int = 1, stream: str = STREAM, **fields: Any) -> list[UUID]:
    """So many due entries, in the order of their ids."""
    ids = [new_id() for _ in range(count)]
    with transaction.atomic():
        outbox.publish(
            [
                NewEntry(id=i, stream=stream, tenant_id=tenant, partition_key=number, **fields)
                for number, i in enumerate(ids)
            ]
        )
    return ids


def published(count: int = 1, **fields: Any) -> list[UUID]:
    """Entries as the relay leaves them: published in generation 1, out of sight for a minute."""
    ids = put(count, **fields)
    change(ids, generation=1, published=True, available_at=database_now() + timedelta(minutes=1))
    return ids


def change(ids: list[UUID], **fields: Any) -> None:
    """Set columns of entries, past every rule."""
    OutboxEntry.objects.filter(id__in=ids).update(**fields)


def wanted(entry: UUID, generation: int = 1, **fields: Any) -> Wanted:
    """A claim by a new attempt."""
    default = {"attempt": new_id(), "account": None, "sender": "a@acme.test", "visible_for": 60.0}
    return Wanted(entry=entry, generation=generation, **{**default, **fields})


def claimed(**fields: Any) -> tuple[UUID, UUID]:
    """An entry with an attempt under way, and that attempt."""
    (entry,) = published(**fields)
    claim = wanted(entry)
    assert outbox.claim([claim]) == {entry}
    return entry, claim.attempt


def held(entry: UUID) -> Held:
    """One entry as it stands."""
    return outbox.peek([entry])[entry]


def database_now() -> datetime:
    """The clock that counts."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]


def seconds_from_now(moment: datetime) -> float:
    """How far a moment is from the database's clock."""
    return (moment - database_now()).total_seconds()


def taken(*, tenant: int | None = None, stream: str | None = None) -> int:
    """How many entries of the tenant or stream are published."""
    entries = OutboxEntry.objects.filter(published=True)
    if tenant is not None:
        entries = entries.filter(tenant_id=tenant)
    if stream is not None:
        entries = entries.filter(stream=stream)
    return entries.count()


@contextmanager
def statements() -> Iterator[list[str]]:
    """The statements sent meanwhile, without those that only begin and end transactions."""
    seen: list[str] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        seen.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield seen
