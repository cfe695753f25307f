"""Keeps outcomes until they are recorded, whatever happens to PostgreSQL meanwhile."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from django.db import transaction

from delivery.pipeline import crashes
from delivery.pipeline.away import AWAY
from delivery.pipeline.bisect import isolate
from delivery.pipeline.claim import Claims
from delivery.pipeline.flight import Flight
from delivery.pipeline.items import Finished
from delivery.pipeline.lineup import Lineup
from delivery.pipeline.record import record
from delivery.pipeline.verdicts import Rules
from delivery.providers.base import Accepted, Outcome
from signalbus.bus import outbox
from signalbus.bus.outbox import Postponed
from signalbus.core.logs import get_logger

log = get_logger(__name__)


class Recorder:
    """The outcomes that wait to be written; what is written leaves flight, claims and lineup."""

    def __init__(self, rules: Rules, *, claims: Claims, flight: Flight, lineup: Lineup) -> None:
        self.outcomes: list[Finished] = []
        self._rules = rules
        self._claims = claims
        self._flight = flight
        self._lineup = lineup

    def flush(self, now: datetime) -> int:
        """Write down what is there; how many outcomes were. Raises OperationalError without
        PostgreSQL, and keeps everything.
        """
        if not self.outcomes:
            return 0
        waiting = list(self.outcomes)
        begun = [each for each in waiting if each.begun]
        self._give_back([each for each in waiting if not each.begun])
        if begun:
            self._write(begun, now)
        return len(waiting) - len(self.outcomes)

    def _write(self, begun: Sequence[Finished], now: datetime) -> None:
        spoilt = self._spoilt(begun, now)
        if spoilt:
            isolate(
                spoilt,
                lambda group: self._write_or_raise(group, now),
                lambda finished, error: self._write_bare(finished, error, now),
                passes=AWAY,
            )

    def _spoilt(self, begun: Sequence[Finished], now: datetime) -> list[Finished]:
        """Those that were not written, and will not be by merely trying again."""
        try:
            recorded = record(begun, self._rules, now)
        except AWAY:
            raise
        except Exception:
            # One of them cannot even be sent to the database; which one, the search will tell.
            return list(begun)
        self._done(recorded.done)
        # After a deadlock or a time-out of the server: the same again in the next round.
        return [finished for finished, error in recorded.failed if not isinstance(error, AWAY)]

    def _write_or_raise(self, group: Sequence[Finished], now: datetime) -> None:
        recorded = record(group, self._rules, now)
        self._done(recorded.done)
        left = {finished.call.attempt for finished, _ in recorded.failed}
        if left:
            raise recorded.failed[0][1]

    def _write_bare(self, finished: Finished, error: Exception, now: datetime) -> None:
        """The outcome without what came with it; if even that fails, its claim expires soon."""
        attempt = str(finished.call.attempt)
        log.error("record.outcome_refused", attempt=attempt, exc_info=error)
        try:
            self._write_or_raise([replace(finished, outcome=_bare(finished.outcome))], now)
        except AWAY:
            raise
        except Exception as again:
            log.error("record.outcome_lost", attempt=attempt, exc_info=again)
            crashes.note_unwritten(finished.call, again)
            self._done([finished])

    def _give_back(self, dropped: Sequence[Finished]) -> None:
        """Calls that were never begun, as far as their claim is still this worker's."""
        if not dropped:
            return
        with transaction.atomic():
            outbox.postpone(
                [
                    Postponed(entry=each.call.entry, claim=each.call.attempt, reason="")
                    for each in dropped
                ]
            )
        self._done(dropped)

    def _done(self, finished: Sequence[Finished]) -> None:
        done = {each.call.attempt for each in finished}
        self.outcomes[:] = [each for each in self.outcomes if each.call.attempt not in done]
        for each in finished:
            self._claims.forget(each.call)
            if self._flight.end(each.call):
                self._lineup.done([each.call.item.order_key])


def _bare(outcome: Outcome | None) -> Outcome | None:
    if isinstance(outcome, Accepted):
        return Accepted(reference="")
    return replace(outcome, code="", detail="", retry_after=None) if outcome is not None else None
