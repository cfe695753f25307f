"""Who goes next: lane by lane, and inside a stream round and round the tenants. Pure."""

import math
from collections import deque
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import islice

# Entries of one tenant at a time: a worker's batch of 500 then holds five to ten tenants, and its
# groups are worth their statements, which PostgreSQL plans anew for every group.
HANDFUL = 100
LINES_A_TURN = 200  # asked in one statement: many tenants may have an entry or two each


class Only(StrEnum):
    """What of a line is published, those first that wait for the least."""

    WATCHES = "watches"  # no provider is to be called: what waits for a receipt
    RESERVED = "reserved"  # a limit is to be kept: what has been given its moment, and watches
    ALL = "all"


@dataclass(slots=True)
class Line:
    """A tenant with due entries in a stream; `waiting` of them are in Kafka already.

    `tried` means that a handful is enough for now, since its pause has only just ended.
    """

    tenant_id: int
    weight: int = 1
    waiting: int = 0
    tried: bool = False


@dataclass(slots=True)
class StreamPlan:
    """The lines of one stream in the order of their turns, and the room in its window.

    `only` says what of them is published.
    """

    stream: str
    lines: deque[Line]
    window: int
    room: int
    only: Only = Only.ALL

    def turn(self, limit: int) -> "Turn":
        """Who may publish how much next, in the order of their turns.

        While others wait, one tenant's entries may fill half of the window only.
        """
        room = min(limit, self.room)
        lines = list(islice(self.lines, LINES_A_TURN)) if room > 0 else []
        # A handful each, or, where few tenants are there, what fills the room in equal shares.
        share = max(HANDFUL, math.ceil(room / max(1, sum(line.weight for line in lines))))
        quotas = {
            line.tenant_id: min(share * line.weight, self._allowed(line), room) for line in lines
        }
        return Turn({tenant: quota for tenant, quota in quotas.items() if quota > 0}, room)

    def took(self, turn: "Turn", taken: Mapping[int, int]) -> None:
        """Note what the turn found. Who had less than its quota has nothing more for now; who was
        not reached, since the others had enough, is the first of the next turn."""
        total = sum(taken.values())
        self.room -= total
        reached = turn.reached(taken)
        drained = {tenant for tenant in reached if taken.get(tenant, 0) < turn.quotas[tenant]}
        if total == turn.limit and reached:
            drained.discard(reached[-1])
        for line in self.lines:
            line.waiting += taken.get(line.tenant_id, 0)
        self._go_on_behind(reached, drained)

    def _go_on_behind(self, reached: Sequence[int], drained: Collection[int]) -> None:
        served = set(reached)
        behind = [line for line in self.lines if line.tenant_id not in served]
        again = [line for line in self.lines if line.tenant_id in served]
        self.lines = deque(line for line in (*behind, *again) if line.tenant_id not in drained)

    def _allowed(self, line: Line) -> int:
        if line.tried and self.only is Only.ALL:
            return HANDFUL - line.waiting
        return self.window // 2 - line.waiting if len(self.lines) > 1 else self.room


@dataclass(frozen=True, slots=True)
class Turn:
    """How many entries each tenant may publish, in this order, and how many all together."""

    quotas: dict[int, int]
    limit: int

    def reached(self, taken: Mapping[int, int]) -> list[int]:
        """The tenants that were asked before the limit was met."""
        tenants = list(self.quotas)
        if sum(taken.values()) < self.limit:
            return tenants
        last = max((tenants.index(tenant) for tenant in taken), default=-1)
        return tenants[: last + 1]


@dataclass(slots=True)
class Plan:
    """What may be published, as one look at the line told. Good for some milliseconds.

    `next_due` is in how many seconds something else comes due, None where nothing will;
    `expired` says that calls under way have outlived their claim, and `waits` that due entries wait
    for a limit's or a crowd's pause to end.
    """

    streams: list[StreamPlan] = field(default_factory=list)
    expired: bool = False
    waits: bool = False
    next_due: float | None = None

    @property
    def something_due(self) -> bool:
        """Whether anything is due that could be published if there were room."""
        return self.expired or any(plan.lines for plan in self.streams)


def in_turn(lines: Sequence[Line], after: int) -> deque[Line]:
    """The lines by tenant, beginning behind the tenant that had the last turn."""
    ordered = sorted(lines, key=lambda line: (line.tenant_id <= after, line.tenant_id))
    return deque(ordered)
