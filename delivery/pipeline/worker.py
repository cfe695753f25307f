"""The worker: one loop on the one thread that owns the database connection.

Each step polls the lanes, runs a turn over what came, collects what providers answered and writes
it down. Without PostgreSQL it keeps what it knows and goes on when it is back.
"""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Protocol
from uuid import UUID

import psycopg
from django.conf import settings
from django.db import InterfaceError, OperationalError, connection

from delivery.pipeline import crashes, set_aside
from delivery.pipeline.appetite import Appetite
from delivery.pipeline.bisect import isolate
from delivery.pipeline.claim import Claims
from delivery.pipeline.dispatcher import Dispatcher
from delivery.pipeline.flight import Flight
from delivery.pipeline.gate import Hold
from delivery.pipeline.items import Finished
from delivery.pipeline.lanes import Rota
from delivery.pipeline.lineup import Lineup
from delivery.pipeline.recorder import Recorder
from delivery.pipeline.turn import Turn
from delivery.pipeline.verdicts import Rules
from delivery.retry import RetryPolicy
from signalbus.bus.consumer import Received
from signalbus.core.logs import get_logger
from signalbus.core.metrics import WORKER_INFLIGHT

# PostgreSQL's fault, and no item's; the pipelined statements raise psycopg's own errors.
AWAY = (OperationalError, InterfaceError, psycopg.OperationalError, psycopg.InterfaceError)
    OperationalError,
    InterfaceError,
    psycopg.OperationalError,
    psycopg.InterfaceError,
)  # PostgreSQL's fault, and no item's
GATHER_SECONDS = 0.004  # outcomes of so long are written down together
BUSY_WAIT = 0.01  # for an outcome, while calls are under way
WARM_WAIT = 0.02  # for a message, soon after the last one
IDLE_WAIT = 0.1  # for a message, in quiet times
WARM_SECONDS = 5.0
OUTAGE_PAUSE = 0.5
PROLONGED_IN_TIME = 3  # a claim is prolonged when a third of its time is over
AT_ONCE = Hold(delay=timedelta(0), reason="")
GRACE_SECONDS = 30.0  # for calls under way, once told to stop

log = get_logger(__name__)


class Source(Protocol):
    """A lane's messages; the bus's StreamConsumer."""

    def poll(self, limit: int, timeout: float) -> list[Received]: ...

    def commit(self, received: Sequence[Received]) -> None: ...

    def close(self) -> None: ...


class Worker:
    """Delivers what stands in a channel's lanes, given as sources by lane."""

    def __init__(
        self, channel: str, sources: Mapping[str, Source], *, max_in_flight: int, rules: Rules
    ) -> None:
        self._channel = channel
        self._sources = sources
        self._rota = Rota(list(sources))
        self._hot = next(iter(sources))
        self._appetite = Appetite()
        self._claims = Claims()
        self._flight = Flight()
        self._lineup = Lineup()
        self._dispatcher = Dispatcher(max_in_flight, self._claims.holds)
        self._recorder = Recorder(
            rules, claims=self._claims, flight=self._flight, lineup=self._lineup
        )
        self._turn = Turn(
            claims=self._claims,
            dispatcher=self._dispatcher,
            lineup=self._lineup,
            flight=self._flight,
            outcomes=self._recorder.outcomes,
        )
        self._polled: list[tuple[str, list[Received]]] = []
        self._again: list[Received] = []
        self._warm_until = 0.0
        self._prolong_at = _next_prolongation()

    @property
    def is_idle(self) -> bool:
        """Whether nothing is in its hands."""
        return not (self._flight or self._polled or self._again or self._recorder.outcomes) and (
            len(self._lineup) == 0
        )

    def run(self, stopping: threading.Event, *, nothing_due: Callable[[], bool] | None) -> None:
        """Work until told to stop, or, with `nothing_due`, until that says so and all is done."""
        while not stopping.is_set():
            if not self.step(stopping) and nothing_due and self.is_idle and nothing_due():
                break
        self.finish()

    def step(self, stopping: threading.Event | None = None) -> int:
        """One round; how many messages and outcomes it dealt with. Survives an outage."""
        try:
            return self._step()
        except AWAY as error:
            log.warning("worker.database_away", channel=self._channel, error=str(error).strip())
            connection.close()
            (stopping or threading.Event()).wait(OUTAGE_PAUSE)
            return 0

    def finish(self) -> None:
        """Give back what is not claimed, and record what still comes in within GRACE_SECONDS."""
        until = time.monotonic() + GRACE_SECONDS
        given_back = False
        while time.monotonic() < until and not (given_back and self.is_idle):
            try:
                if not given_back:
                    self._give_all_back()
                    given_back = True
                self._collect(BUSY_WAIT)
                self._recorder.flush(self._turn.now)
                self._prolong()
            except AWAY:
                connection.close()
                time.sleep(OUTAGE_PAUSE)
        self._dispatcher.close()
        for source in self._sources.values():
            source.close()

    def _step(self) -> int:
        if not self._polled:
            self._polled = self._poll()
        self._again += self._lineup.take_released()
        new = [received for _, some in self._polled for received in some]
        if new or self._again:
            self._handle(new)
        ended = self._collect(0.0 if new else BUSY_WAIT)
        recorded = self._recorder.flush(self._turn.now)
        self._prolong()
        WORKER_INFLIGHT.labels(self._channel).set(self._dispatcher.busy)
        done = len(new) + ended + recorded
        if not (done or self.is_idle or self._dispatcher.busy):
            time.sleep(BUSY_WAIT)  # such as for outcomes that the database did not take
        return done

    def _poll(self) -> list[tuple[str, list[Received]]]:
        now = time.monotonic()
        left = self._appetite.limit(self._dispatcher.free, len(self._lineup), now)
        polled = []
        for lane in self._rota.next():
            some = self._sources[lane].poll(left, 0.0)
            left -= len(some)
            polled.append((lane, some))
        if not any(some for _, some in polled) and self.is_idle:
            wait = WARM_WAIT if now < self._warm_until else IDLE_WAIT
            polled.append((self._hot, self._sources[self._hot].poll(left, wait)))
        return [(lane, some) for lane, some in polled if some]

    def _handle(self, new: Sequence[Received]) -> None:
        again = self._again
        waited = {id(received) for received in again}

        def turn(group: Sequence[Received]) -> None:
            self._turn.run(
                [received for received in group if id(received) in waited],
                [received for received in group if id(received) not in waited],
            )

        isolate([*again, *new], turn, crashes.note, passes=AWAY)
        self._again = []
        self._settle_polled(new)

    def _settle_polled(self, new: Sequence[Received]) -> None:
        now = time.monotonic()
        for lane, some in self._polled:
            self._sources[lane].commit(some)
            self._hot, self._warm_until = lane, now + WARM_SECONDS
        self._polled = []
        started = sum(received.envelope.entry in self._flight for received in new)
        self._appetite.learn(polled=len(new), started=started, waiting=len(self._lineup), now=now)

    def _collect(self, timeout: float) -> int:
        if not self._dispatcher.busy:
            return 0
        finished = self._dispatcher.finished(timeout)
        if finished and self._dispatcher.busy:
            time.sleep(GATHER_SECONDS)
            finished += self._dispatcher.finished(0.0)
        self._recorder.outcomes += finished
        for account, count in Counter(_account(each) for each in finished).items():
            self._lineup.release(account, count)
        return len(finished)

    def _prolong(self) -> None:
        if time.monotonic() < self._prolong_at:
            return
        self._prolong_at = _next_prolongation()
        for seconds in {call.visible_for for call in self._flight}:
            calls = {call.entry: call for call in self._flight if call.visible_for == seconds}
            lost = self._claims.prolong(calls, seconds)
            if lost:
                log.warning("worker.claims_lost", channel=self._channel, count=len(lost))

    def _give_all_back(self) -> None:
        waiting = [*self._lineup.clear(), *self._again]
        waiting += [received for _, some in self._polled for received in some]
        set_aside.hold([(received, AT_ONCE) for received in waiting])
        for lane, some in self._polled:
            self._sources[lane].commit(some)
        self._polled, self._again = [], []


def rules_from_settings() -> Rules:
    """The installation's figures for retries and questions."""
    return Rules(
        retry=RetryPolicy(
            first=settings.RETRY_FIRST,
            factor=settings.RETRY_FACTOR,
            longest=settings.RETRY_LONGEST,
            tries=settings.RETRY_TRIES,
        ),
        pauses=[timedelta(seconds=float(pause)) for pause in settings.RECONCILE_AFTER],
        random=random.random,
    )


def _next_prolongation() -> float:
    shortest: float = min(settings.VISIBILITY_HIGH, settings.VISIBILITY)
    return time.monotonic() + shortest / PROLONGED_IN_TIME


def _account(finished: Finished) -> UUID:
    assert finished.call.account is not None, "Only calls with an account are submitted."
    return finished.call.account.id
