"""One turn: from messages to calls under way, in as many statements for one as for 500.

    facts → sorting → gate → plan → lineup → content → pacing → claim → dispatcher

A turn may be repeated with the same messages: what is in flight or settled is passed over.
"""

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from delivery.pipeline import doubts, facts, plan, seen, set_aside, watches
from delivery.pipeline.bulkhead import UNBOUNDED
from delivery.pipeline.claim import Claims
from delivery.pipeline.clock import steady_now
from delivery.pipeline.dispatcher import Dispatcher
from delivery.pipeline.flight import Flight
from delivery.pipeline.gate import WHILE_PAUSED, Hold, Send, gate
from delivery.pipeline.items import Call, Finished, Item, Planned
from delivery.pipeline.lacking import Lacking
from delivery.pipeline.lineup import Lineup
from delivery.pipeline.pacing import Pacing
from delivery.pipeline.places import Places
from delivery.pipeline.set_aside import Aside
from delivery.pipeline.sorting import sort
from delivery.pipeline.stops import Stops
from signalbus.bus import outbox
from signalbus.bus.lines_sql import CROWDED as CROWDED_LINE
from signalbus.bus.outbox import Pausing
from signalbus.bus.purposes import Purpose
from signalbus.bus.received import Received

# What finds no room to wait is looked at again so much later: by then others had their turn.
BUSY = "busy"
BUSY_SECONDS = 2.0
CROWDED = Hold(delay=timedelta(seconds=BUSY_SECONDS), reason=BUSY)


@dataclass(slots=True, kw_only=True)
class Ways:
    """Where each item of a turn goes."""

    sends: list[Item] = field(default_factory=list)
    questions: list[Item] = field(default_factory=list)
    held: list[tuple[Received, Hold]] = field(default_factory=list)
    asides: list[Aside] = field(default_factory=list)
    pauses: list[Pausing] = field(default_factory=list)


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
        stops: Stops,
    ) -> None:
        self._claims = claims
        self._dispatcher = dispatcher
        self._lineup = lineup
        self._flight = flight
        self._outcomes = outcomes
        self._stops = stops
        self._pacing = Pacing()
        self._lacking = Lacking()
        self._offset = timedelta(0)

    @property
    def now(self) -> datetime:
        """The database's clock, as far as it is known."""
        return steady_now() + self._offset

    def run(self, again: Sequence[Received], new: Sequence[Received]) -> None:
        """Start what may be started, `again` before `new`.

        Raises OperationalError without PostgreSQL, and whatever a single item makes it raise;
        then the same messages may be given once more, in smaller groups.
        """
        sends, watched = _parted(new)
        watches.handle(watched)
        gathered = facts.gather([*again, *sends])
        self._learn_time(gathered.items)
        found = sort(gathered.items, self._flight)
        accounts = plan.accounts_for(gathered.items)
        self._expire(found.expired, accounts)
        ways = _gated(found.sends, found.questions)
        planned = self._plan(ways, accounts)
        waited = {received.envelope.entry for received in again}
        self._admit(planned, waited, ways)
        self._thin_out(ways)
        outbox.pause_all(ways.pauses)
        set_aside.discard([*gathered.orphans, *found.settled])
        set_aside.end(ways.asides)
        set_aside.hold(ways.held)

    def look_after(self) -> None:
        """Give back what waits in vain for an account that has become slow, and let those go on
        whose account has room, or is there at last."""
        self._lacking.look()
        self._lineup.top_up(Places(self._dispatcher).take)
        ways = Ways()
        self._thin_out(ways)
        outbox.pause_all(ways.pauses)
        set_aside.hold(ways.held)

    def _learn_time(self, items: Sequence[Item]) -> None:
        if items:
            self._offset = items[-1].facts.now - steady_now()

    def _expire(self, items: Sequence[Item], accounts: plan.Accounts) -> None:
        """Judge them; where nobody knows who could be asked, the claim expires once more."""
        known, _ = plan.readable(items, accounts)
        for item in known:
            account = doubts.account_named(item.facts.claim_account, accounts[item.tenant.id])
            self._outcomes.append(doubts.expired(item, account))

    def _plan(self, ways: Ways, accounts: plan.Accounts) -> list[Planned]:
        sends, later = plan.readable(ways.sends, accounts)
        questions, unasked = plan.readable(ways.questions, accounts)
        routed = plan.plan_sends(sends, accounts, random.random)
        self._stops.stop(routed.stops)
        self._lacking.note(routed.lacking)
        ways.held += [(item.received, why) for item, why in (*later, *unasked, *routed.held)]
        return [*plan.plan_questions(questions, accounts), *routed.planned]

    def _admit(self, planned: Sequence[Planned], waited: set[UUID], ways: Ways) -> None:
        again = [each for each in planned if each.item.facts.delivery in waited]
        new = [each for each in planned if each.item.facts.delivery not in waited]
        admission = self._lineup.admit(again, new, Places(self._dispatcher).take)
        ways.held += [(each.item.received, CROWDED) for each in admission.behind]
        self._send_back(admission.crowd, ways)
        try:
            self._start(admission.admitted, ways)
        finally:
            self._give_way(
                [
                    each
                    for each in admission.admitted
                    if each.item.facts.delivery not in self._flight
                ]
            )

    def _give_way(self, admitted: Sequence[Planned]) -> None:
        """These are not under way after all: others may have their turns and places."""
        self._lineup.done(each.item.order_key for each in admitted)
        for account, count in Counter(each.account.id for each in admitted).items():
            self._lineup.release(account, count)

    def _thin_out(self, ways: Ways) -> None:
        self._send_back(self._lineup.thin_out(self._dispatcher.patience), ways)

    def _send_back(self, crowd: Sequence[Planned], ways: Ways) -> None:
        """No room to wait: the line of a slow account rests too, or more would come in vain."""
        for each in crowd:
            slow = self._dispatcher.patience(each.account.id) < UNBOUNDED
            if slow and each.is_its_lines:
                ways.held.append((each.item.received, _in_place(each.item)))
                ways.pauses.append(_rest(each))
            else:
                ways.held.append((each.item.received, CROWDED))

    def _start(self, admitted: Sequence[Planned], ways: Ways) -> None:
        prepared = plan.prepare(admitted)
        for planned in prepared.deferred:
            self._lineup.defer(planned)
        ways.asides += prepared.asides
        paced = self._pacing.pace(prepared.calls)
        ways.held += [(item.received, why) for item, why in paced.later]
        ways.pauses += paced.pauses
        claimed = self._claims.take(paced.go) if paced.go else []
        self._flight.begin(claimed)
        self._hand_over(claimed)

    def _hand_over(self, claimed: Sequence[Call]) -> None:
        self._outcomes += [_answered(call, self.now) for call in claimed if call.answer]
        to_make = [call for call in claimed if not call.answer]
        for provider, calls in plan.by_account(to_make):
            seen.attempted(calls, provider.kind)
            self._dispatcher.submit(provider, calls, self._offset)


def _parted(new: Sequence[Received]) -> tuple[list[Received], list[Received]]:
    """What is to be sent or asked about, and what only waits for a receipt."""
    parts: tuple[list[Received], list[Received]] = ([], [])
    for received in new:
        parts[received.envelope.purpose == Purpose.WATCH].append(received)
    return parts


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
        decision = gate(
            item.facts,
            paused=(item.stream, item.tenant.id) in paused,
            overrides=item.rules.overrides,
        )
        if isinstance(decision, Send):
            ways.sends.append(item)
        elif isinstance(decision, Hold):
            ways.held.append((item.received, decision))
        else:
            ways.asides.append(Aside(item=item, why=decision))
    return ways


def _in_place(item: Item) -> Hold:
    return Hold(delay=timedelta(0), reason=BUSY, at=item.facts.due_at)


def _rest(planned: Planned) -> Pausing:
    return Pausing(
        stream=planned.item.stream,
        tenant_id=planned.item.tenant.id,
        reason=CROWDED_LINE,
        note=f"{planned.account.name} is slow",
        seconds=BUSY_SECONDS,
    )


def _answered(call: Call, now: datetime) -> Finished:
    return Finished(call=call, outcome=call.answer, started_at=call.began or now, duration_ms=None)
