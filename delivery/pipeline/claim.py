"""The claim: the last look at the database before the network, for a whole chunk at once."""

import time
from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from django.db import transaction

from delivery.pipeline.items import Call
from delivery.pipeline.literals import arrays
from signalbus.bus import outbox, outbox_sql
from tenants.schemas import TenantWork, run_for_tenants

# A call begins only while its claim holds for at least so many seconds more by this machine's
# monotonic clock: longer than a round trip to the database that dated the claim.
MARGIN = 2.0
PUBLIC = "public"


class Claims:
    """Until when each claim of this worker holds, by the monotonic clock.

    Written by the worker's thread and read by the dispatcher's: single keys of a dict are atomic.
    A question is claimed in the name of the attempt it asks about, and lets no send of it begin.
    """

    def __init__(self) -> None:
        self._until: dict[tuple[UUID, bool], float] = {}

    def holds(self, call: Call) -> bool:
        """Whether the call may begin."""
        return self._until.get(_key(call), 0.0) > time.monotonic()

    def take(self, calls: Sequence[Call]) -> list[Call]:
        """Claim the calls' entries in one statement; those that this worker got.

        Raises OperationalError without PostgreSQL; what it claimed then expires.
        """
        asked = time.monotonic()
        got = _claim(calls)
        claimed = [call for call in calls if call.entry in got]
        for call in claimed:
            self._until[_key(call)] = asked + call.visible_for - MARGIN
        return claimed

    def prolong(self, calls: Sequence[Call], seconds: float) -> set[UUID]:
        """Let the claims hold for so long from now; returns the entries whose claim was lost.

        What has not begun under a lost claim will not begin any more.
        """
        asked = time.monotonic()
        with transaction.atomic():
            held = outbox.prolong([_claimed(call) for call in calls], seconds)
        for call in calls:
            if call.entry in held:
                self._until[_key(call)] = asked + seconds - MARGIN
            else:
                self.forget(call)
        return {call.entry for call in calls} - held

    def forget(self, call: Call) -> None:
        """The call is recorded, or will not be made."""
        self._until.pop(_key(call), None)


class ClaimRow(NamedTuple):
    """The columns of the bus's CLAIM."""

    entries: UUID
    generations: int | None
    attempts: UUID
    accounts: UUID | None
    senders: str | None
    seconds: float


def _key(call: Call) -> tuple[UUID, bool]:
    return call.attempt, call.reconciles


def _claim(calls: Sequence[Call]) -> set[UUID]:
    """As `outbox.claim`, in a transaction of its own that takes one round trip."""
    rows = [_row(call) for call in calls]
    (answer,) = run_for_tenants([TenantWork(PUBLIC, [(outbox_sql.CLAIM, arrays(rows))])])
    if isinstance(answer, Exception):
        raise answer
    return {row[0] for row in answer[0]}


def _claimed(call: Call) -> outbox.Claimed:
    """The claim, whose generation is above the one that it was asked for in."""
    generation = call.item.facts.generation
    assert generation is not None, "Only an entry that exists is claimed."
    return outbox.Claimed(entry=call.entry, attempt=call.attempt, generation=generation + 1)


def _row(call: Call) -> ClaimRow:
    return ClaimRow(
        entries=call.entry,
        generations=call.item.facts.generation,
        attempts=call.attempt,
        accounts=call.account.id if call.account else None,
        senders=call.message.sender if call.message else None,
        seconds=call.visible_for,
    )
