"""One turn: from messages to calls under way, in as many statements for one as for 500.

    facts → sorting → gate → plan → lineup → content → claim → dispatcher

A turn may be repeated with the same messages: what is in flight or settled is passed over.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

from delivery.pipeline import doubts, facts, plan, seen, set_aside
from delivery.pipeline.claim import Claims
from delivery.pipeline.dispatcher import Dispatcher
from delivery.pipeline.flight import Flight
from delivery.pipeline.gate import WHILE_PAUSED, Hold, Send, gate
from delivery.pipeline.items import Call, Finished, Item, Planned
from delivery.pipeline.lineup import Lineup
from delivery.pipeline.places import Places
from delivery.pipeline.set_aside import Aside
from delivery.pipeline.sorting import sort
from signalbus.bus import outbox
from signalbus.bus.received import Received

# What finds no room to wait is looked at again so much later: by then others had their turn.
CROWDED = Hold(delay=timedelta(seconds=2), reason="busy")


@dataclass(slots=True, kw_only=True)
class Ways:
    """Where each item of a turn goes."""

    sends: list[Item] = field(default_factory=list)
    questions: list[Item] = field(default_factory=list)
    held: list[tuple[Received, Hold]] = field(default_factory=list)
    asides: list[Aside] = field(default_factory=list)


class Turn:
    """The steps from a message to a call. `outcomes` takes what needs no call."""

    def __init__(
        self,
        *,
        claims: Claims,
        dispatcher: Dispatcher,
        lineup: Lineup,
        flight: Flight,
        outcomes: list[Finished],
    ) -> None:
        self._claims = claims
        self._dispatcher = dispatcher
        self._lineup = lineup
        self._flight = flight
        self._outcomes = outcomes
        self._offset = timedelta(0)

    @property
    def now(self) -> datetime:
        """The database's clock, as far as it is known."""
        return datetime.now(UTC) + self._offset

    def run(self, again: Sequence[Received], new: Sequence[Received]) -> None:
        """Start what may be started, `again` before `new`.

        Raises OperationalError without PostgreSQL, and whatever a single item makes it raise;
        then the same messages may be given once more, in smaller groups.
        """
        gathered = facts.gather([*again, *new])
        self._learn_time(gathered.items)
        found = sort(gathered.items, self._flight)
        accounts = plan.accounts_for(gathered.items)
        self._expire(found.expired, accounts)
        ways = _gated(found.sends, found.questions)
        planned = self._plan(ways, accounts)
        waited = {received.envelope.entry for received in again}
        self._admit(planned, waited, ways)
        set_aside.discard([*gathered.orphans, *found.settled])
        set_aside.end(ways.asides)
        set_aside.hold(ways.held)

    def _learn_time(self, items: Sequence[Item]) -> None:
        if items:
            self._offset = items[-1].facts.now - datetime.now(UTC)

    def _expire(self, items: Sequence[Item], accounts: plan.Accounts) -> None:
        """Judge them; where nobody knows who could be asked, the claim expires once more."""
        known, _ = plan.readable(items, accounts)
        for item in known:
            account = doubts.account_named(item.facts.claim_account, accounts[item.tenant.id])
            self._outcomes.append(doubts.expired(item, account))

    def _plan(self, ways: Ways, accounts: plan.Accounts) -> list[Planned]:
        sends, later = plan.readable(ways.sends, accounts)
        questions, unasked = plan.readable(ways.questions, accounts)
        planned, homeless = plan.plan_sends(sends, accounts)
        ways.held += [(item.received, why) for item, why in (*later, *unasked, *homeless)]
        return [*plan.plan_questions(questions, accounts), *planned]

    def _admit(self, planned: Sequence[Planned], waited: set[UUID], ways: Ways) -> None:
        again = [each for each in planned if each.item.facts.delivery in waited]
        new = [each for each in planned if each.item.facts.delivery not in waited]
        admission = self._lineup.admit(again, new, Places(self._dispatcher).take)
        ways.held += [(each.item.received, CROWDED) for each in admission.overflow]
        try:
            self._start(admission.admitted, ways)
        finally:
            admitted = [each.item for each in admission.admitted]
            self._lineup.done(
                item.order_key for item in admitted if item.facts.delivery not in self._flight
            )

    def _start(self, admitted: Sequence[Planned], ways: Ways) -> None:
        prepared = plan.prepare(admitted)
        for planned in prepared.deferred:
            self._lineup.defer(planned)
        ways.asides += prepared.asides
        claimed = self._claims.take(prepared.calls) if prepared.calls else []
        self._flight.begin(claimed)
        self._hand_over(claimed)

    def _hand_over(self, claimed: Sequence[Call]) -> None:
        self._outcomes += [_answered(call, self.now) for call in claimed if call.answer]
        to_make = [call for call in claimed if not call.answer]
        for provider, calls in plan.by_account(to_make):
            seen.attempted(calls, provider.kind)
            self._dispatcher.submit(provider, calls, self._offset)


def _gated(sends: Sequence[Item], questions: Sequence[Item]) -> Ways:
    """Questions are only stopped by a pause: what they ask about has happened already."""
    lines = {(item.stream, item.tenant.id) for item in (*sends, *questions)}
    paused = outbox.pauses(lines)
    ways = Ways()
    for item in questions:
        if (item.stream, item.tenant.id) in paused:
            ways.held.append((item.received, WHILE_PAUSED))
        else:
            ways.questions.append(item)
    for item in sends:
        decision = gate(item.facts, paused=(item.stream, item.tenant.id) in paused)
        if isinstance(decision, Send):
            ways.sends.append(item)
        elif isinstance(decision, Hold):
            ways.held.append((item.received, decision))
        else:
            ways.asides.append(Aside(item=item, why=decision))
    return ways


def _answered(call: Call, now: datetime) -> Finished:
    return Finished(call=call, outcome=call.answer, started_at=call.began or now, duration_ms=None)
