"""A bounded pool of threads that call providers: network only, never the ORM.

All bookkeeping happens on the worker's thread; the pool's threads take a batch, ask the driver
and put the outcomes into a queue.
"""

import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from queue import Empty, SimpleQueue
from typing import Any
from uuid import UUID

from delivery.pipeline.items import Call, Finished
from delivery.providers.base import Message, Outcome, Provider
from signalbus.core import tracing
from signalbus.core.logs import get_logger

SHARE = 0.75  # of the places, which one account may hold: a slow one leaves room for the others
# Calls that are handed over before a thread is free, as a share of the places: they keep the
# threads busy while the worker writes down what the ones before them brought.
AHEAD = 0.5
log = get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Calls that a driver takes together: one place, one thread."""

    provider: Provider
    calls: Sequence[Call]
    offset: timedelta  # of the database's clock from this machine's


class Dispatcher:
    """`places` calls at a time, of one account at most SHARE; some more wait for a thread."""

    def __init__(self, places: int, still_claimed: Callable[[UUID], bool]) -> None:
        self._places = places
        self._of_one_account = max(1, int(places * SHARE))
        self._ahead = int(places * AHEAD)
        self._still_claimed = still_claimed
        self._backlog: dict[UUID, deque[Batch]] = {}
        self._given: SimpleQueue[Batch | None] = SimpleQueue()
        self._done: SimpleQueue[tuple[UUID, list[Finished]]] = SimpleQueue()
        self._held: Counter[UUID] = Counter()
        self._threads: list[threading.Thread] = []

    @property
    def free(self) -> int:
        """Calls that may still be handed over."""
        waiting = sum(len(batches) for batches in self._backlog.values())
        return self._places + self._ahead - self._held.total() - waiting

    @property
    def busy(self) -> int:
        """Calls that are under way."""
        return self._held.total()

    def room(self, account: UUID) -> int:
        """Calls that this account may still hand over."""
        in_hand = self._held[account] + len(self._backlog.get(account, ()))
        ahead = int(self._ahead * SHARE)
        return max(0, min(self.free, self._of_one_account + ahead - in_hand))

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
        ended: list[Finished] = []
        try:
            done = self._done.get(timeout=timeout) if timeout > 0 else self._done.get_nowait()
            while True:
                ended += self._take(*done)
                done = self._done.get_nowait()
        except Empty:
            self._start_all()
            return ended

    def close(self) -> None:
        """Let the threads end once they have nothing left to do."""
        for _ in self._threads:
            self._given.put(None)

    def _take(self, account: UUID, finished: list[Finished]) -> list[Finished]:
        self._held[account] -= 1
        if not self._held[account]:
            del self._held[account]
        return finished

    def _start_all(self) -> None:
        for account in tuple(self._backlog):
            self._start(account)

    def _start(self, account: UUID) -> None:
        backlog = self._backlog[account]
        while backlog and self._may_start(account):
            self._held[account] += 1
            self._given.put(backlog.popleft())
        if not backlog:
            del self._backlog[account]
        self._grow()

    def _may_start(self, account: UUID) -> bool:
        return self.busy < self._places and self._held[account] < self._of_one_account

    def _grow(self) -> None:
        """Threads are made when there is work for them, and stay."""
        while len(self._threads) < min(self._places, self._held.total()):
            thread = threading.Thread(
                target=self._work, name=f"dispatcher-{len(self._threads)}", daemon=True
            )
            self._threads.append(thread)
            thread.start()

    def _work(self) -> None:
        while (batch := self._given.get()) is not None:
            self._done.put((batch.provider.account.id, self._call(batch)))

    def _call(self, batch: Batch) -> list[Finished]:
        at = datetime.now(UTC) + batch.offset
        due: list[Call] = []
        lost: list[Call] = []
        for call in batch.calls:
            (due if self._still_claimed(call.attempt) else lost).append(call)
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
