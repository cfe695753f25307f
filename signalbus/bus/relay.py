"""The relay: takes due entries out of the line, fairly, and publishes them to Kafka.

The line is leased and committed first, then produced outside any transaction; what Kafka does not
confirm is given back. Whatever dies in between, the lease runs out and the entry comes due again.
Several relays may run side by side.
"""

import time
from collections import Counter
from collections.abc import Sequence

from django.conf import settings
from django.db import connection, transaction

from signalbus.bus import leases
from signalbus.bus.leases import Leased
from signalbus.bus.look import Look
from signalbus.bus.outages import PROBE_EVERY, Outages
from signalbus.bus.pace import Pace
from signalbus.bus.plan import Plan, StreamPlan
from signalbus.bus.publisher import Publisher
from signalbus.bus.purposes import Purpose
from signalbus.bus.streams import BY_URGENCY
from signalbus.core.logs import get_logger
from signalbus.core.metrics import KAFKA_PUBLISH_FAILURE, stream_labels

BATCH = 500  # entries leased in one transaction and flushed to Kafka at once
# A look is used for ten times as long as it took, so that looking costs a tenth of the time at
# most, also with thousands of lines; within bounds, since what is urgent waits for the next look.
LOOK_FACTOR = 10.0
SHORTEST_LOOK = 0.02
LONGEST_LOOK = 0.25
# After an outage of PostgreSQL, leases that ran out are left alone for 5 s, so that workers can
# record what they hold; counted from the last failure, which is up to half a second before.
GRACE_SECONDS = 5.5

log = get_logger(__name__)


class Relay:
    """One relay for some streams, or all. For use by the thread that owns the connection."""

    def __init__(self, streams: Sequence[str] = BY_URGENCY) -> None:
        self._streams = streams
        self._publisher = Publisher()
        self._outages = Outages(self._publisher.answers)
        self._look = Look()
        self._pace = Pace()
        self._plan = Plan()
        self._plan_until = 0.0
        self._open: list[str] = []
        self._grace_until = 0.0
        for stream in streams:
            KAFKA_PUBLISH_FAILURE.labels(*stream_labels(stream))  # told from zero on

    def drain(self, limit: int = BATCH) -> int:
        """Publish what is due and has room, at most `limit` entries; returns how many."""
        total = 0
        while total < limit and (published := self.step(min(BATCH, limit - total))):
            total += published
        return total

    def step(self, limit: int = BATCH) -> int:
        """Publish one batch; returns how many entries Kafka has taken."""
        entries = self._lease(self._kept_plan(), limit) or self._lease(self._new_plan(), limit)
        published = self._publish(entries) if entries else 0
        if published:
            self._pace.progressed()
        return published

    def note_database_outage(self) -> None:
        """Begin anew with PostgreSQL, and leave workers the time to record what they hold."""
        connection.close()
        self._plan = Plan()
        self._grace_until = time.monotonic() + GRACE_SECONDS

    @property
    def something_due(self) -> bool:
        """By the last look: something is due, or goes on soon, or Kafka refused something."""
        return self._plan.something_due or self._plan.waits or bool(self._outages)

    def pause(self) -> float:
        """Seconds to wait after a step that published nothing, unless a hint comes."""
        longest = min(settings.RELAY_POLL, PROBE_EVERY) if self._outages else settings.RELAY_POLL
        return self._pace.wait(
            blocked=self._plan.something_due, next_due=self._plan.next_due, longest=longest
        )

    def _lease(self, plan: Plan, limit: int) -> list[Leased]:
        """The next batch of the plan; nothing where the plan is used up."""
        again = time.monotonic() >= self._grace_until
        entries: list[Leased] = []
        if not plan.something_due:
            return entries
        with transaction.atomic():
            if plan.expired and again:
                entries += leases.lease_expired_claims(self._open, limit)
            for stream_plan in plan.streams:
                entries += self._turn(stream_plan, limit - len(entries), again)
        plan.expired = False
        return entries

    def _turn(self, plan: StreamPlan, limit: int, again: bool) -> list[Leased]:
        turn = plan.turn(limit)
        if not turn.quotas:
            return []
        entries = leases.lease(plan.stream, turn, expired=again, only=plan.only)
        taken = Counter(entry.tenant_id for entry in entries)
        plan.took(turn, taken)
        self._look.note(plan.stream, turn.reached(taken), len(entries))
        return entries

    def _kept_plan(self) -> Plan:
        return self._plan if time.monotonic() < self._plan_until else Plan()

    def _new_plan(self) -> Plan:
        self._open = self._outages.open(self._streams, time.monotonic())  # may ask Kafka
        began = time.monotonic()
        self._plan = self._look.plan(self._open)
        ended = time.monotonic()
        lasts = min(max(LOOK_FACTOR * (ended - began), SHORTEST_LOOK), LONGEST_LOOK)
        self._plan_until = ended + lasts
        return self._plan

    def _publish(self, entries: Sequence[Leased]) -> int:
        refused = self._publisher.send(entries)
        missing = {entry.id for entry in refused}
        sent = [entry for entry in entries if entry.id not in missing]
        self._note_outcome(sent, refused)
        messages = [entry for entry in sent if entry.purpose == Purpose.MESSAGE]
        if messages:
            leases.forget(messages)
        return len(sent)

    def _note_outcome(self, sent: Sequence[Leased], refused: Sequence[Leased]) -> None:
        failures = Counter(entry.stream for entry in refused)
        for stream in {entry.stream for entry in sent} - set(failures):
            self._outages.succeeded(stream)
        for stream, count in failures.items():
            self._outages.refused(stream, time.monotonic())
            KAFKA_PUBLISH_FAILURE.labels(*stream_labels(stream)).inc(count)
            log.warning("relay.kafka_refused", stream=stream, entries=count)
        if refused:
            self._plan = Plan()
            leases.give_back(refused)
