"""Who goes next: lane by lane, and inside a stream round and round the tenants. Pure."""

from collections import Counter, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

# Entries of one tenant at a time: a worker's batch of 500 then holds about ten tenants, and still
# has groups that are worth a statement.
HANDFUL = 50


@dataclass(slots=True)
class Line:
    """A tenant with due entries in a stream; `waiting` of them are in Kafka already."""

    tenant_id: int
    weight: int = 1
    waiting: int = 0


@dataclass(slots=True)
class StreamPlan:
    """The lines of one stream in the order of their turns, and the room in its window."""

    stream: str
    lines: deque[Line]
    window: int
    room: int

    def turn(self, limit: int) -> dict[int, int]:
        """How many entries each tenant may publish next: at most `limit` and the room in all.

        While others wait, one tenant's entries may fill half of the window only.
        """
        left = min(limit, self.room)
        quotas: Counter[int] = Counter()
        passed = 0
        while self.lines and left > 0 and passed < len(self.lines):
            line = self.lines[0]
            self.lines.rotate(-1)
            share = min(HANDFUL * line.weight, self._allowed(line) - quotas[line.tenant_id], left)
            passed = 0 if share > 0 else passed + 1
            quotas[line.tenant_id] += max(share, 0)
            left -= max(share, 0)
        return {tenant: quota for tenant, quota in quotas.items() if quota}

    def took(self, quotas: Mapping[int, int], taken: Mapping[int, int]) -> None:
        """Note what the turn found; who had less than its quota has nothing more for now."""
        self.room -= sum(taken.values())
        for line in self.lines:
            line.waiting += taken.get(line.tenant_id, 0)
        drained = {tenant for tenant, quota in quotas.items() if taken.get(tenant, 0) < quota}
        self.lines = deque(line for line in self.lines if line.tenant_id not in drained)

    def _allowed(self, line: Line) -> int:
        return self.window // 2 - line.waiting if len(self.lines) > 1 else self.room


@dataclass(slots=True)
class Plan:
    """What may be published, as one look at the line told. Good for some milliseconds.

    `next_due` is in how many seconds something else comes due, None where nothing will;
    `expired` says that calls under way have outlived their claim.
    """

    streams: list[StreamPlan] = field(default_factory=list)
    expired: bool = False
    next_due: float | None = None

    @property
    def something_due(self) -> bool:
        """Whether anything is due that could be published if there were room."""
        return self.expired or any(plan.lines for plan in self.streams)


def in_turn(lines: Sequence[Line], after: int) -> deque[Line]:
    """The lines by tenant, beginning behind the tenant that had the last turn."""
    ordered = sorted(lines, key=lambda line: (line.tenant_id <= after, line.tenant_id))
    return deque(ordered)
