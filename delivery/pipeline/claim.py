"""The claim: the last look at the database before the network, for a whole chunk at once."""

import time
from collections.abc import Mapping, Sequence
from uuid import UUID

from django.db import transaction

from delivery.pipeline.items import Call
from signalbus.bus import outbox
from signalbus.bus.outbox import Wanted

# A call begins only while its claim holds for at least so many seconds more by this machine's
# monotonic clock: longer than a round trip to the database that dated the claim.
MARGIN = 2.0


class Claims:
    """Until when each claim of this worker holds, by the monotonic clock.

    Written by the worker's thread and read by the dispatcher's: single keys of a dict are atomic.
    """

    def __init__(self) -> None:
        self._until: dict[UUID, float] = {}

    def holds(self, attempt: UUID) -> bool:
        """Whether a call may begin under that claim."""
        return self._until.get(attempt, 0.0) > time.monotonic()

    def take(self, calls: Sequence[Call]) -> list[Call]:
        """Claim the calls' entries in one statement; those that this worker got."""
        asked = time.monotonic()
        with transaction.atomic():
            got = outbox.claim([_wanted(call) for call in calls])
        claimed = [call for call in calls if call.entry in got]
        for call in claimed:
            self._until[call.attempt] = asked + call.visible_for - MARGIN
        return claimed

    def prolong(self, calls: Mapping[UUID, Call], seconds: float) -> set[UUID]:
        """Let the claims hold for so long from now; returns the entries whose claim was lost."""
        asked = time.monotonic()
        with transaction.atomic():
            held = outbox.prolong({entry: call.attempt for entry, call in calls.items()}, seconds)
        for entry in held:
            self._until[calls[entry].attempt] = asked + seconds - MARGIN
        return set(calls) - held

    def forget(self, attempt: UUID) -> None:
        """The call is recorded, or will not be made."""
        self._until.pop(attempt, None)


def _wanted(call: Call) -> Wanted:
    generation = call.item.facts.generation
    assert generation is not None, "A delivery without an entry is never claimed."
    return Wanted(
        entry=call.entry,
        generation=generation,
        attempt=call.attempt,
        account=call.account.id if call.account else None,
        sender=call.message.sender if call.message else None,
        visible_for=call.visible_for,
    )
