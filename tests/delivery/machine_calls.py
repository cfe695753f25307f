"""Calls to providers that begin and end when a property test says so."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from delivery.breaker import breakers
from delivery.breaker_rule import State
from delivery.errors import DeliveryError
from delivery.pipeline.bulkhead import UNBOUNDED
from delivery.pipeline.items import Call, Finished
from delivery.pipeline.worker import Worker
from delivery.providers.base import Outcome, Provider

# An unknown send is asked about when it is so old, and not before.
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15))
SOON = timedelta(seconds=1)


@dataclass(slots=True)
class Begun:
    """A call that the provider has got, and whether it took the message.

    `refused` says that the provider has told us it did not, or that it came to nothing; `excused`
    that somebody has asked for another one since, whatever became of this.
    """

    call: Call
    at: datetime
    taken: bool
    refused: bool = False
    excused: bool = False


@dataclass(slots=True)
class Calls:
    """In the dispatcher's place: nothing begins or ends by itself.

    What may not be is written down, since a worker outlives what its parts raise.
    """

    handed: list[Call] = field(default_factory=list)
    begun: list[Begun] = field(default_factory=list)
    ended: list[Finished] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    @property
    def free(self) -> int:
        return 100

    @property
    def busy(self) -> int:
        return len(self.handed) + len(self.begun) + len(self.ended)

    @property
    def under_way(self) -> list[Call]:
        """Those that nothing is known of yet."""
        return [*self.handed, *(each.call for each in self.begun)]

    def room(self, account: UUID) -> int:
        return 100

    def trial(self, account: UUID) -> int:
        return 100

    def patience(self, account: UUID) -> int:
        return UNBOUNDED

    def submit(self, provider: Provider, calls: Sequence[Call], offset: timedelta) -> None:
        """No send by an account that is to be left alone, and no question before its time."""
        account = provider.account.id
        is_open = breakers().states([account])[account].state is State.OPEN
        if is_open and not all(call.reconciles for call in calls):
            self.wrong.append(f"sent by {account}, which is to be left alone")
        self.wrong += [f"asked too early: {call}" for call in calls if _is_early(call)]
        self.handed += calls

    def finished(self, timeout: float) -> list[Finished]:
        ended, self.ended = self.ended, []
        return ended

    def close(self) -> None:
        """Nothing runs."""


def calls_of(worker: Worker) -> Calls:
    """The worker's calls, where its dispatcher was."""
    calls: Any = worker._dispatcher
    return calls


def before_its_claim(worker: Worker, act: Callable[[], None]) -> None:
    """The worker's next step stands still between its look at the facts and its claim."""
    take = worker._claims.take

    def late(calls: Sequence[Call]) -> list[Call]:
        worker._claims.take = take  # type: ignore[method-assign]
        act()
        return take(calls)

    worker._claims.take = late  # type: ignore[method-assign]
    try:
        worker.step()
    finally:
        worker._claims.take = take  # type: ignore[method-assign]


def finished(
    call: Call, outcome: Outcome | None, *, at: datetime | None = None, begun: bool = True
) -> Finished:
    """The end of a call that began then, or now."""
    started_at = at or datetime.now(UTC)
    return Finished(call=call, outcome=outcome, started_at=started_at, duration_ms=1, begun=begun)


def is_refusal(outcome: Outcome | None) -> bool:
    """Whether the provider has certainly not taken the message."""
    return isinstance(outcome, DeliveryError) and outcome.error_class != "unknown_outcome"


def _is_early(call: Call) -> bool:
    if not call.reconciles:
        return False
    assert call.began is not None
    return datetime.now(UTC) - call.began < PAUSES[0] - SOON
