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
from uuid import UUID

from django.conf import settings
from django.db import connection

from delivery.pipeline import crashes, set_aside
from delivery.pipeline.away import AWAY
from delivery.pipeline.bisect import isolate
from delivery.pipeline.claim import Claims
from delivery.pipeline.dispatcher import Dispatcher
from delivery.pipeline.faults import Faults
from delivery.pipeline.flight import Flight
from delivery.pipeline.gate import Hold
from delivery.pipeline.intake import Intake, Source
from delivery.pipeline.items import Finished
from delivery.pipeline.lineup import Lineup
from delivery.pipeline.recorder import Recorder
from delivery.pipeline.stops import Stops
from delivery.pipeline.turn import Turn
from delivery.pipeline.verdicts import Rules
from delivery.retry_rules import RetryRules
from notifications import patience
from signalbus.bus.received import Received
from signalbus.core.logs import get_logger
from signalbus.core.metrics import WORKER_INFLIGHT

GATHER_SECONDS = 0.004  # outcomes of so long are written down together
BUSY_WAIT = 0.01  # for an outcome, while calls are under way
OUTAGE_PAUSE = 0.5
PROLONGED_IN_TIME = 3  # a claim is prolonged when a third of its time is over
# Visibilities after which a call hangs: drivers' time-outs add up to less, but for a provider that
# drags its answer out.
HANGS_AFTER = 4
AT_ONCE = Hold(delay=timedelta(0), reason="")
GRACE_SECONDS = 30.0  # for calls under way, once told to stop

log = get_logger(__name__)


class Worker:
    """Delivers what stands in a channel's lanes, given as sources by lane."""

    def __init__(
        self, channel: str, sources: Mapping[str, Source], *, max_in_flight: int, rules: Rules
    ) -> None:
        self._channel = channel
        self._intake = Intake(sources)
        self._claims = Claims()
        self._flight = Flight()
        self._lineup = Lineup()
        self._dispatcher = Dispatcher(max_in_flight, self._claims.holds)
        self._recorder = Recorder(
            rules, claims=self._claims, flight=self._flight, lineup=self._lineup
        )
        self._faults = Faults()
        self._stops = Stops()
        self._turn = Turn(
            claims=self._claims,
            dispatcher=self._dispatcher,
            lineup=self._lineup,
            flight=self._flight,
            outcomes=self._recorder.outcomes,
            stops=self._stops,
        )
        self._again: list[Received] = []
        self._prolong_at = _next_prolongation()

    @property
    def is_idle(self) -> bool:
        """Whether nothing is in its hands."""
        return not (
            self._flight
            or self._intake.polled
            or self._again
            or self._recorder.outcomes
            or len(self._lineup)
        )

    def run(self, stopping: threading.Event, *, nothing_due: Callable[[], bool] | None) -> None:
        """Work until told to stop, or, with `nothing_due`, until that says so and all is done."""
        try:
            while not stopping.is_set():
                done = self.step(stopping)
                if not done and nothing_due and self.is_idle and _answers_yes(nothing_due):
                    break
        finally:  # also when an error ends it: calls are under way, and groups wait for it
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
        try:
            self._wind_up(time.monotonic() + GRACE_SECONDS)
        finally:
            self._dispatcher.close()
            self._intake.close()

    def _wind_up(self, until: float) -> None:
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

    def _step(self) -> int:
        if not self._intake.polled:
            self._intake.poll(self._dispatcher.free, len(self._lineup), may_wait=self.is_idle)
        self._again += self._lineup.take_released()
        new = self._intake.received
        if new or self._again:
            self._handle(new)
        ended = self._collect(0.0 if new else BUSY_WAIT)
        recorded = self._recorder.flush(self._turn.now)
        self._turn.look_after()
        self._faults.tell()
        self._stops.look()
        self._prolong()
        WORKER_INFLIGHT.labels(self._channel).set(self._dispatcher.busy)
        done = len(new) + ended + recorded
        if not (done or self.is_idle or self._dispatcher.busy):
            time.sleep(BUSY_WAIT)  # such as for outcomes that the database did not take
        return done

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
        started = sum(received.envelope.entry in self._flight for received in new)
        self._intake.done(started, len(self._lineup))

    def _collect(self, timeout: float) -> int:
        if not self._dispatcher.busy:
            return 0
        finished = self._dispatcher.finished(timeout)
        if finished and self._dispatcher.busy:
            time.sleep(GATHER_SECONDS)
            finished += self._dispatcher.finished(0.0)
        self._faults.note(finished)
        self._recorder.outcomes += finished
        for account, count in Counter(_account(each) for each in finished).items():
            self._lineup.release(account, count)
        return len(finished)

    def _prolong(self) -> None:
        if time.monotonic() < self._prolong_at:
            return
        self._prolong_at = _next_prolongation()
        self._let_go()
        for seconds in {call.visible_for for call in self._flight}:
            calls = [call for call in self._flight if call.visible_for == seconds]
            lost = self._claims.prolong(calls, seconds)
            if lost:
                log.warning("worker.claims_lost", channel=self._channel, count=len(lost))

    def _let_go(self) -> None:
        """Prolong no claim of a call that hangs: it expires, and the outcome is unknown, as if this
        worker had gone. Others may have its turn and its place."""
        ended = {each.call.attempt for each in self._recorder.outcomes}
        hanging = self._flight.older_than(HANGS_AFTER * max(_visibilities()))
        hanging = [call for call in hanging if call.attempt not in ended]
        if not hanging:
            return
        for call in hanging:
            self._flight.end(call)
            self._claims.forget(call)
        self._lineup.done(call.item.order_key for call in hanging)
        places = self._dispatcher.write_off({call.attempt for call in hanging})
        accounts = sorted({str(call.account.id) for call in hanging if call.account})
        log.error(
            "worker.calls_hang",
            channel=self._channel,
            count=len(hanging),
            places_back=places,
            accounts=accounts,
        )

    def _give_all_back(self) -> None:
        waiting = [*self._lineup.clear(), *self._again, *self._intake.received]
        set_aside.hold([(received, AT_ONCE) for received in waiting])
        self._again = []
        self._intake.done(0, 0)


def rules_from_settings() -> Rules:
    """The installation's figures for retries and questions."""
    return Rules(
        retry=RetryRules(installation=patience.installation()),
        pauses=[timedelta(seconds=float(pause)) for pause in settings.RECONCILE_AFTER],
        random=random.random,
    )


def _answers_yes(question: Callable[[], bool]) -> bool:
    try:
        return question()
    except AWAY:
        connection.close()
        return False


def _next_prolongation() -> float:
    return time.monotonic() + min(_visibilities()) / PROLONGED_IN_TIME


def _visibilities() -> tuple[float, float]:
    return settings.VISIBILITY_HIGH, settings.VISIBILITY


def _account(finished: Finished) -> UUID:
    assert finished.call.account is not None, "Only calls with an account are submitted."
    return finished.call.account.id
