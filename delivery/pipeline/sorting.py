"""What a message asks for, by what its entry says now. Pure."""

from collections.abc import Container, Iterable
from dataclasses import dataclass, field
from uuid import UUID

from delivery.pipeline.items import Item
from notifications.states import OPEN, Status
from signalbus.bus.purposes import Purpose
from signalbus.bus.received import Received


@dataclass(frozen=True, slots=True, kw_only=True)
class Sorted:
    """Items by what is to be done with them; stale ones are left out."""

    sends: list[Item] = field(default_factory=list)
    questions: list[Item] = field(default_factory=list)
    expired: list[Item] = field(default_factory=list)
    settled: list[Received] = field(default_factory=list)


def sort(items: Iterable[Item], in_flight: Container[UUID]) -> Sorted:
    """Sort items, each entry once.

    Stale are those whose entry is gone, or has another generation: claiming raises it too, so a
    message that came twice finds nothing to do, and a claimed entry under its present generation
    is one that came due again, with its claim expired. A call that this very process still has
    in flight is not lost, whatever the line says.
    """
    result = Sorted()
    met: set[UUID] = set()
    for item in items:
        facts = item.facts
        stale = facts.generation != item.received.envelope.generation
        if stale or facts.delivery in met or facts.delivery in in_flight:
            continue
        met.add(facts.delivery)
        if facts.claim is not None:
            result.expired.append(item)
        elif Status(facts.status) not in OPEN:
            result.settled.append(item.received)
        elif facts.purpose == Purpose.RECONCILE:
            result.questions.append(item)
        else:
            result.sends.append(item)
    return result
