"""One tenant's transaction of outcomes: its statements, and what their answers tell."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from delivery.pipeline import record_sql, rows
from delivery.pipeline.items import Finished
from delivery.pipeline.literals import arrays, as_literals, literal
from delivery.pipeline.verdicts import Ends, Verdict, Waits
from delivery.pipeline.watch_rows import WatchRow, watch_row, watch_statement
from delivery.providers.base import Accepted, Outcome
from delivery.receipts.apply import ReceivedEvent, statements
from notifications import soft_bounces, status_sql
from notifications.states import Status
from signalbus.bus import outbox
from tenants.schemas import Statement

Answers = Sequence[Sequence[tuple[Any, ...]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """An outcome and what follows from it; `outcome` is None where a question stayed open."""

    finished: Finished
    outcome: Outcome | None
    verdict: Verdict

    @property
    def entry(self) -> UUID:
        return self.finished.call.entry


@dataclass(slots=True)
class Recording:
    """The statements in their order, and where the answers of those that tell something stand.

    Entries are locked first, then deliveries; attempts stand before the receipts that speak of
    them; the notifications' status comes last.
    """

    schema: str
    tenant: int
    judged: Sequence[Judged]
    statements: list[Statement] = field(default_factory=list)
    _places: dict[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, judged: Sequence[Judged]) -> "Recording":
        """The recording of one tenant's outcomes; of two for one attempt the last one counts."""
        once = list({each.finished.call.attempt: each for each in judged}.values())
        tenant = once[0].finished.call.item.tenant
        recording = cls(schema=tenant.schema, tenant=tenant.id, judged=once)
        for compose in COMPOSERS:
            compose(recording)
        return recording

    def add(self, name: str, statement: str, params: dict[str, Any]) -> None:
        """Append a statement under a name that its answer is found by."""
        self._places[name] = len(self.statements)
        self.statements.append((statement, as_literals(params)))

    def moved(self, answers: Answers) -> list[Judged]:
        """What was settled or postponed: under its claim, or by an acceptance that had lost it."""
        met = {row[0] for name in ("sent", "ended", "waiting") for row in self._of(name, answers)}
        late = {row[0] for row in self._of("attempts", answers)}
        return [
            each for each in self.judged if each.entry in met or each.finished.call.attempt in late
        ]

    def told(self, answers: Answers) -> Sequence[tuple[Any, ...]]:
        """What receipts that came with the outcomes have moved, for `receipts.seen`."""
        return self._of("receipts", answers)

    def _of(self, name: str, answers: Answers) -> Sequence[tuple[Any, ...]]:
        return answers[self._places[name]] if name in self._places else ()


def _lock(recording: Recording) -> None:
    ids = literal([each.entry for each in recording.judged])
    recording.add("lock", record_sql.LOCK, {"ids": ids})
    if _receipts(recording):
        recording.add("lock_deliveries", record_sql.LOCK_DELIVERIES, {"ids": ids})


def _sent(recording: Recording) -> None:
    _settle(recording, "sent", record_sql.SENT, lambda end: end.status is Status.SENT)


def _ended(recording: Recording) -> None:
    _settle(recording, "ended", record_sql.ENDED, lambda end: end.status is not Status.SENT)


def _settle(
    recording: Recording, name: str, statement: str, wanted: Callable[[Ends], bool]
) -> None:
    ends = [
        rows.end_row(each.finished.call, each.verdict)
        for each in recording.judged
        if isinstance(each.verdict, Ends) and wanted(each.verdict)
    ]
    if ends:
        figures = {"tenant": recording.tenant, **soft_bounces.figures()}
        recording.add(name, statement, {**arrays(ends), **figures})


def _waiting(recording: Recording) -> None:
    waits = [
        (each.finished.call, each.verdict)
        for each in recording.judged
        if isinstance(each.verdict, Waits)
    ]
    if waits:
        later = outbox.postponed_values([rows.postponed(*wait) for wait in waits])
        remembered = arrays([rows.wait_row(*wait) for wait in waits])
        recording.add("waiting", record_sql.WAITING, {**later, **remembered})


def _attempts(recording: Recording) -> None:
    attempts = [
        rows.attempt_row(each.finished, each.outcome)
        for each in recording.judged
        if each.outcome is not None
    ]
    if attempts:
        recording.add("attempts", record_sql.ATTEMPTS, arrays(attempts))


def _sandbox(recording: Recording) -> None:
    taken = rows.sandbox_rows(
        (each.finished, each.outcome) for each in recording.judged if each.outcome is not None
    )
    if taken:
        recording.add("sandbox", record_sql.SANDBOX, arrays(taken))


def _apply_receipts(recording: Recording) -> None:
    received = _receipts(recording)
    if received:
        for statement, params in statements(received, locked=True):
            recording.add("receipts", statement, params)


def _watch(recording: Recording) -> None:
    watched = [row for each in recording.judged if (row := _watched(each)) is not None]
    if watched:
        recording.add("watch", *watch_statement(recording.tenant, watched))


def _status(recording: Recording) -> None:
    notifications = {each.finished.call.item.facts.notification for each in recording.judged}
    for statement, params in status_sql.statements(notifications):
        recording.add("status", statement, params)


def _watched(judged: Judged) -> WatchRow | None:
    """What may be sent by another way if need be; a watch has the id of the attempt."""
    call = judged.finished.call
    row = watch_row(call.attempt, call.item) if isinstance(judged.verdict, Ends) else None
    has_way = row is not None and (row.falls or len(call.choices) != 1)
    return row if has_way else None


def _receipts(recording: Recording) -> list[ReceivedEvent]:
    return [
        ReceivedEvent(account=each.finished.call.account.id, event=event)
        for each in recording.judged
        if isinstance(each.outcome, Accepted) and each.finished.call.account is not None
        for event in each.outcome.receipts
    ]


COMPOSERS: tuple[Callable[[Recording], None], ...] = (
    _lock,
    _sent,
    _ended,
    _waiting,
    _attempts,
    _sandbox,
    _apply_receipts,
    _watch,
    _status,
)
