"""A bounded pool of threads that call providers: network only, never the ORM.

All bookkeeping happens on the worker's thread; the pool's threads take a batch, ask the driver
and put the outcomes into a queue.
"""

import threading
import time
from collections import deque
from collections.abc import Callable, Container, Sequence
from contextlib import AbstractContextManager, ExitStack, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from queue import Empty, SimpleQueue
from typing import Any
from uuid import UUID

from delivery.errors import DeliveryError, ErrorClass
from delivery.pipeline.bulkhead import SHARE, Bulkhead
from delivery.pipeline.clock import steady_now
from delivery.pipeline.items import Call, Finished
from delivery.providers.base import Message, Outcome, Provider
from signalbus.core import tracing
from signalbus.core.logs import get_logger

# Calls that are handed over before a thread is free, as a share of the places: they keep the
# threads busy while the worker writes down what the ones before them brought.
AHEAD = 0.5
UNTOLD = DeliveryError(
    error_class=ErrorClass.UNKNOWN_OUTCOME,
    code="untold",
    detail="The driver did not say what came of the call; the worker's log has the reason.",
)
log = get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Calls that a driver takes together: one place, one thread."""

    provider: Provider
    calls: Sequence[Call]
    offset: timedelta  # of the database's clock from this machine's steady one


class Dispatcher:
    """`places` calls at a time, shared out by the bulkhead; some more wait for a thread."""

    def __init__(self, places: int, still_claimed: Callable[[Call], bool]) -> None:
        self._places = places
        self._bulkhead = Bulkhead(places)
        self._ahead = int(places * AHEAD)
        self._still_claimed = still_claimed
        self._backlog: dict[UUID, deque[Batch]] = {}
        self._given: SimpleQueue[tuple[int, Batch] | None] = SimpleQueue()
        self._done: SimpleQueue[tuple[UUID, int, float, list[Finished]]] = SimpleQueue()
        self._busy = 0
        self._under_way: dict[int, Batch] = {}
        self._written_off: set[int] = set()
        self._ended: list[Finished] = []
        self._threads: list[threading.Thread] = []

    @property
    def free(self) -> int:
        """Calls that may still be handed over."""
        waiting = sum(len(batches) for batches in self._backlog.values())
        return self._places + self._ahead - self._busy - waiting

    @property
    def busy(self) -> int:
        """Calls that are under way, or whose outcomes nobody has fetched."""
        return self._busy + bool(self._ended or not self._done.empty())

    def room(self, account: UUID) -> int:
        """Calls that this account may still hand over; for later only one known to be quick."""
        self._take_ended()
        now = time.monotonic()
        allowed = self._bulkhead.ask(account, now)
        if not self._bulkhead.may_be_slow(account, now):
            allowed += int(self._ahead * SHARE)
        in_hand = self._bulkhead.held(account) + len(self._backlog.get(account, ()))
        return max(0, min(self.free, allowed - in_hand))

    def trial(self, account: UUID) -> int:
        """How many messages may try this account now, while nobody knows how it answers."""
        self._take_ended()
        return self._bulkhead.trial(account, time.monotonic())

    def patience(self, account: UUID) -> int:
        """How many calls of this account may wait for a place in this process."""
        self._take_ended()
        return self._bulkhead.patience(account, time.monotonic())

    def submit(self, provider: Provider, calls: Sequence[Call], offset: timedelta) -> None:
        """Hand over claimed calls of one account; each of the driver's batches takes a place.

        A driver may make more batches than there was room for; the rest waits for its turn.
        """
        by_attempt = {call.attempt: call for call in calls}
        backlog = self._backlog.setdefault(provider.account.id, deque())
        for messages in provider.calls(_messages(calls)):
            batch = [by_attempt[message.attempt] for message in messages]
            backlog.append(Batch(provider=provider, calls=batch, offset=offset))
        self._start(provider.account.id)

    def finished(self, timeout: float) -> list[Finished]:
        """What has ended by now; with nothing at hand, it waits so many seconds for the first."""
        self._take_ended()
        if not self._ended and timeout > 0:
            with suppress(Empty):
                self._take(*self._done.get(timeout=timeout))
            self._take_ended()
        ended, self._ended = self._ended, []
        self._start_all()
        return ended

    def write_off(self, attempts: Container[UUID]) -> int:
        """Wait no longer for batches that are about nothing else; the places that came back.

        Their threads are lost for as long as they hang, and others take their part; so there is an
        end to it: only as many as there are places.
        """
        lost = [
            ticket
            for ticket, batch in self._under_way.items()
            if all(call.attempt in attempts for call in batch.calls)
        ][: self._places - len(self._written_off)]
        for ticket in lost:
            account = self._under_way.pop(ticket).provider.account.id
            self._written_off.add(ticket)
            self._busy -= 1
            self._bulkhead.end(account, ticket, time.monotonic(), 0)
        self._start_all()
        return len(lost)

    def close(self) -> None:
        """Let the threads end once they have nothing left to do."""
        for _ in self._threads:
            self._given.put(None)

    def _take_ended(self) -> None:
        """Their places are free at once, and what waits for a thread takes them."""
        before = self._busy
        with suppress(Empty):
            while True:
                self._take(*self._done.get_nowait())
        if self._busy < before:
            self._start_all()

    def _take(self, account: UUID, ticket: int, at: float, finished: list[Finished]) -> None:
        self._ended += finished
        if ticket in self._written_off:
            self._written_off.remove(ticket)
            return
        del self._under_way[ticket]
        self._busy -= 1
        self._bulkhead.end(account, ticket, at, len(finished))

    def _start_all(self) -> None:
        for account in tuple(self._backlog):
            self._start(account)

    def _start(self, account: UUID) -> None:
        backlog = self._backlog[account]
        while backlog and self._may_start(account):
            self._busy += 1
            ticket = self._bulkhead.begin(account, time.monotonic())
            self._under_way[ticket] = batch = backlog.popleft()
            self._given.put((ticket, batch))
        if not backlog:
            del self._backlog[account]
        self._grow()

    def _may_start(self, account: UUID) -> bool:
        allowed = self._bulkhead.allowed(account, time.monotonic())
        return self._busy < self._places and self._bulkhead.held(account) < allowed

    def _grow(self) -> None:
        """Threads are made when there is work for them, and stay."""
        while len(self._threads) < min(self._places, self._busy) + len(self._written_off):
            thread = threading.Thread(
                target=self._work, name=f"dispatcher-{len(self._threads)}", daemon=True
            )
            self._threads.append(thread)
            thread.start()

    def _work(self) -> None:
        while (given := self._given.get()) is not None:
            ticket, batch = given
            finished = self._call(batch)
            self._done.put((batch.provider.account.id, ticket, time.monotonic(), finished))

    def _call(self, batch: Batch) -> list[Finished]:
        at = steady_now() + batch.offset
        due: list[Call] = []
        lost: list[Call] = []
        for call in batch.calls:
            (due if self._still_claimed(call) else lost).append(call)
        return [*_made(batch.provider, due, at), *(_dropped(call, at) for call in lost)]


def _made(provider: Provider, calls: Sequence[Call], at: datetime) -> list[Finished]:
    if not calls:
        return []
    started = time.perf_counter()
    outcomes = _outcomes(provider, calls)
    milliseconds = int((time.perf_counter() - started) * 1000)
    return [
        Finished(call=call, outcome=outcome, started_at=at, duration_ms=milliseconds)
        for call, outcome in zip(calls, outcomes, strict=True)
    ]


def _dropped(call: Call, at: datetime) -> Finished:
    return Finished(call=call, outcome=None, started_at=at, duration_ms=None, begun=False)


def _outcomes(provider: Provider, calls: Sequence[Call]) -> Sequence[Outcome | None]:
    """One for each call, whatever a driver does: its thread and its place are needed again."""
    try:
        outcomes = _asked(provider, calls)
    except Exception:
        log.exception("provider.call_raised", provider=provider.kind)
        outcomes = ()
    told = len(outcomes) == len(calls)
    return outcomes if told else [None if call.reconciles else UNTOLD for call in calls]


def _asked(provider: Provider, calls: Sequence[Call]) -> Sequence[Outcome | None]:
    with ExitStack() as spans:
        for call in calls:
            spans.enter_context(_span(provider, call))
        if calls[0].reconciles:
            return [_reconciled(provider, message) for message in _messages(calls)]
        return provider.send(_messages(calls))


def _messages(calls: Sequence[Call]) -> list[Message]:
    return [call.message for call in calls if call.message is not None]


def _reconciled(provider: Provider, message: Message) -> Outcome | None:
    """The provider's word on an earlier send; a question that fails is asked again later."""
    try:
        return provider.reconcile(message)
    except Exception:
        log.exception("provider.reconcile_failed", provider=provider.kind)
        return None


def _span(provider: Provider, call: Call) -> AbstractContextManager[Any]:
    facts = call.item.facts
    return tracing.span(
        "provider.reconcile" if call.reconciles else "provider.send",
        parent=call.item.received.envelope.trace or None,
        provider=provider.kind,
        channel=facts.channel,
        lane=facts.lane,
        attempt=call.number,
    )
