"""What a run came to: compared are the answers, the database and the simulator's journal."""

import json
from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from benchmarks.chaos.killer import Kill
from benchmarks.people import Customer

FINAL = ("sent", "delivered")
STATES = """
SELECT id, status, possibly_repeated, created_at, settled_at FROM {schema}.notifications_delivery
"""


LEFT = """
SELECT stream, purpose, published, claim IS NOT NULL, reason, count(*),
    extract(epoch FROM min(available_at) - clock_timestamp())::float8
FROM public.bus_outboxentry GROUP BY 1, 2, 3, 4, 5
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A delivery as the database has it."""

    status: str
    possibly_repeated: bool
    settled_at: datetime | None


@dataclass(slots=True, kw_only=True)
class Findings:
    """The figures of one run; the seconds of each silence are by the victim of the kill before."""

    seed: int
    accepted: int
    final: int
    missing: int
    unasked: int
    twice: int
    unmarked: int
    allowed_twice: int
    kills: int
    longest_after_last_kill: float
    allowed_after_last_kill: float
    silences: dict[str, float] = field(default_factory=dict)
    worker_went_on: float = 0.0
    problems: list[str] = field(default_factory=list)

    @property
    def good(self) -> bool:
        """Whether the run kept everything that is promised."""
        return not self.problems


def stored(customers: list[Customer]) -> dict[str, Stored]:
    """Every delivery of these customers by its id."""
    from tenants.schemas import TenantWork, run_for_tenants

    answers = run_for_tenants([TenantWork(each.schema, [(STATES, {})]) for each in customers])
    found: dict[str, Stored] = {}
    for answer in answers:
        if isinstance(answer, Exception):
            raise answer
        for key, status, repeated, _, settled_at in answer[0]:
            found[str(key)] = Stored(
                status=status, possibly_repeated=repeated, settled_at=settled_at
            )
    return found


def left() -> list[str]:
    """What still stands in the line, for whoever looks for the reason."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(LEFT)
        return [
            f"left: {count} {purpose} in {stream}, published {published}, claimed {claimed}, "
            f"reason {reason!r}, due in {due:.1f} s"
            for stream, purpose, published, claimed, reason, count, due in cursor.fetchall()
        ]


def journal(path: Path) -> list[dict[str, Any]]:
    """What the simulator took, in the order it took it; a line that was cut off is left out."""
    lines = []
    for line in path.read_text().splitlines():
        try:
            lines.append(json.loads(line))
        except ValueError:
            continue
    return sorted(lines, key=lambda each: float(each["time"]))


def silences(taken: list[float], kills: list[Kill], *, since_start: bool) -> dict[str, float]:
    """The longest time without any delivery after the kills of each victim.

    `since_start`: counted from the moment that the victim was started again, not from the kill.
    """
    longest: dict[str, float] = {}
    for kill in kills:
        begun = kill.started if since_start else kill.at
        place = bisect_right(taken, begun)
        if place < len(taken):
            longest[kill.victim] = max(longest.get(kill.victim, 0.0), taken[place] - begun)
    return longest


def sent_twice(lines: list[dict[str, Any]]) -> set[str]:
    """The deliveries that the provider was given more than once."""
    counted = Counter(line["delivery"] for line in lines)
    return {delivery for delivery, times in counted.items() if times > 1}
