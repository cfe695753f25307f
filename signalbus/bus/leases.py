"""What the relay does to entries: look, lease, give back, forget. Each is one statement."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from signalbus.bus import relay_sql as sql
from signalbus.bus.plan import Only, Turn
from signalbus.bus.visibility import visibility


@dataclass(frozen=True, slots=True)
class Leased:
    """An entry to be published in this generation. `due` is the time it had before, `body` JSON."""

    id: UUID
    stream: str
    tenant_id: int
    generation: int
    purpose: str
    claim: UUID | None
    partition_key: int
    trace: str
    body: str | None
    due: datetime


@dataclass(frozen=True, slots=True)
class FirstEntry:
    """A line's earliest entry: in how many seconds it is due; below zero it has been due."""

    stream: str
    tenant_id: int
    due_in: float


@dataclass(frozen=True, slots=True)
class LineState:
    """A line with due entries: its weight, and what its pauses leave of it.

    `tried`: a few entries at a time; `waits`: only what has a moment of its own, and of that, where
    it is `unsendable`, only what calls no provider, which comes in `reserved_in` seconds;
    `stands`: nothing. `ends_in` is in how many seconds the pauses end by themselves, None where
    one of them does not.
    """

    stream: str
    tenant_id: int
    weight: int
    tried: bool
    waits: bool
    unsendable: bool
    stands: bool
    ends_in: float | None
    reserved_in: float | None

    @property
    def runs(self) -> bool:
        """Whether entries may be published, be it only those with a moment of their own."""
        return not self.waits or (self.reserved_in is not None and self.reserved_in <= 0)

    @property
    def only(self) -> Only:
        """What of it may be published."""
        if not self.waits:
            return Only.ALL
        return Only.WATCHES if self.unsendable else Only.RESERVED

    @property
    def wakes_in(self) -> float | None:
        """In how many seconds more of it may be published than now, as far as is known."""
        return min((t for t in (self.ends_in, self.reserved_in) if t and t > 0), default=None)


def survey() -> tuple[list[FirstEntry], float | None]:
    """Every line's earliest entry, and in how many seconds the first claim expires."""
    rows = _rows(sql.SURVEY, {})
    expires_in = next(due_in for stream, _, due_in in rows if not stream)
    return [FirstEntry(*row) for row in rows if row[0]], expires_in


def lines(due: Sequence[FirstEntry]) -> list[LineState]:
    """How the lines of those entries stand."""
    values = {"streams": [li.stream for li in due], "tenants": [li.tenant_id for li in due]}
    return [LineState(*row) for row in _rows(sql.LINES, values)]


def waiting(streams: Iterable[str]) -> Counter[tuple[str, int]]:
    """How many entries of each line of those streams wait in Kafka."""
    rows = _rows(sql.WAITING, {"streams": list(streams)})
    return Counter({(stream, tenant): count for stream, tenant, count in rows})


def lease(stream: str, turn: Turn, *, expired: bool, only: Only) -> list[Leased]:
    """Due entries of a stream, as the turn allows; `expired`: also those leased before."""
    values = {
        "stream": stream,
        "tenants": list(turn.quotas),
        "quotas": list(turn.quotas.values()),
        "limit": turn.limit,
        **_visible([stream]),
    }
    return _leased(sql.LEASE_DUE[expired, only], values)


def lease_expired_claims(streams: Sequence[str], limit: int) -> list[Leased]:
    """Entries whose claim has run out, of paused lines as well."""
    return _leased(sql.LEASE_EXPIRED_CLAIMS, {"limit": limit, **_visible(streams)})


def give_back(refused: Sequence[Leased]) -> None:
    """Make entries due as they were, unless something has happened to them since."""
    values: dict[str, Any] = {
        "ids": [entry.id for entry in refused],
        "generations": [entry.generation for entry in refused],
        "claims": [entry.claim for entry in refused],
        "times": [entry.due for entry in refused],
    }
    with connection.cursor() as cursor:
        cursor.execute(sql.GIVE_BACK, values)


def forget(sent: Sequence[Leased]) -> None:
    """Take messages that Kafka has out of the line."""
    values: dict[str, Any] = {
        "ids": [entry.id for entry in sent],
        "generations": [entry.generation for entry in sent],
    }
    with connection.cursor() as cursor:
        cursor.execute(sql.FORGET, values)


def _visible(streams: Sequence[str]) -> dict[str, list[Any]]:
    return {"streams": list(streams), "seconds": [float(visibility(name)) for name in streams]}


def _leased(statement: str, values: Mapping[str, Any]) -> list[Leased]:
    return [Leased(*row) for row in _rows(statement, values)]


def _rows(statement: str, values: Mapping[str, Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())
