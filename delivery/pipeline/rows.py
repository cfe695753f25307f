"""Outcomes as the rows that the recorder writes. Pure."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from delivery.errors import DeliveryError
from delivery.pipeline.items import Call, Finished
from delivery.pipeline.verdicts import Ends, Waits
from delivery.providers.messages import Accepted, Outcome, word_of
from notifications.states import Status
from signalbus.bus.entries import Postponed
from signalbus.core.ids import new_id


class AttemptRow(NamedTuple):
    attempts: UUID
    deliveries: UUID
    numbers: int
    accounts: UUID | None
    providers: str
    outcomes: str
    classes: str
    codes: str
    details: str
    references: str
    repeats: bool
    moments: Any
    durations: int | None


class EndRow(NamedTuple):
    """`letters` and `messages` are ids for what a dead one leaves behind."""

    entries: UUID
    claims: UUID | None
    generations: int | None
    statuses: str
    skips: str
    accounts: UUID | None
    providers: str | None
    references: str
    classes: str
    codes: str
    details: str
    numbers: int
    letters: UUID | None
    messages: UUID | None


class WaitRow(NamedTuple):
    """What a postponed delivery remembers, beside the columns of `outbox.Postponed`."""

    accounts: UUID | None
    providers: str
    classes: str
    codes: str
    details: str
    numbers: int
    repeats: bool


class SandboxRow(NamedTuple):
    attempts: UUID
    modes: str
    notifications: UUID
    deliveries: UUID
    channels: str
    addresses: str
    senders: str
    subjects: str
    texts: str
    htmls: str
    headers: str
    moments: Any


def attempt_row(finished: Finished, outcome: Outcome) -> AttemptRow:
    """The attempt that an outcome tells of."""
    call = finished.call
    error = outcome if isinstance(outcome, DeliveryError) else None
    return AttemptRow(
        attempts=call.attempt,
        deliveries=call.entry,
        numbers=call.number,
        accounts=_account(call),
        providers=_provider(call),
        outcomes=word_of(outcome),
        classes=error.error_class.value if error else "",
        codes=error.code if error else "",
        details=error.detail if error else "",
        references=outcome.reference if isinstance(outcome, Accepted) else "",
        repeats=call.item.facts.possibly_repeated,
        moments=call.began or finished.started_at,
        durations=finished.duration_ms,
    )


def end_row(call: Call, verdict: Ends) -> EndRow:
    """The end of a delivery under its claim."""
    error, dead = verdict.error, verdict.status is Status.DEAD
    return EndRow(
        entries=call.entry,
        claims=call.attempt,
        generations=None,
        statuses=verdict.status.value,
        skips="",
        accounts=_account(call),
        providers=_provider(call),
        references=verdict.reference,
        classes=error.error_class.value if error else "",
        codes=error.code if error else "",
        details=error.detail if error else "",
        numbers=call.number,
        letters=new_id() if dead else None,
        messages=new_id() if dead else None,
    )


def wait_row(call: Call, verdict: Waits) -> WaitRow:
    """What stays with the delivery of the error that it waits for."""
    return WaitRow(
        accounts=_account(call),
        providers=_provider(call),
        classes=verdict.error.error_class.value,
        codes=verdict.error.code,
        details=verdict.error.detail,
        numbers=call.number,
        repeats=verdict.repeats,
    )


def postponed(call: Call, verdict: Waits) -> Postponed:
    """The entry's next time under its claim."""
    return Postponed(
        entry=call.entry,
        claim=call.attempt,
        delay=verdict.delay.total_seconds(),
        available_at=verdict.at,
        reason=verdict.reason,
        tries=verdict.tries,
        purpose=verdict.purpose,
    )


def sandbox_rows(accepted: Iterable[tuple[Finished, Outcome]]) -> list[SandboxRow]:
    """What the simulator took."""
    return [
        _sandbox_row(finished)
        for finished, outcome in accepted
        if isinstance(outcome, Accepted) and outcome.sandbox and finished.call.message is not None
    ]


def _sandbox_row(finished: Finished) -> SandboxRow:
    message = finished.call.message
    assert message is not None
    return SandboxRow(
        attempts=message.attempt,
        modes=message.mode,
        notifications=message.notification,
        deliveries=message.delivery,
        channels=message.channel,
        addresses=message.to,
        senders=message.sender,
        subjects=message.subject,
        texts=message.text,
        htmls=message.html,
        headers=_json(message.headers),
        moments=finished.started_at,
    )


def _json(headers: Mapping[str, str]) -> str:
    return msgspec.json.encode(dict(headers)).decode() if headers else "{}"


def _account(call: Call) -> UUID | None:
    return call.account.id if call.account else call.item.facts.claim_account


def _provider(call: Call) -> str:
    return call.account.kind if call.account else ""
