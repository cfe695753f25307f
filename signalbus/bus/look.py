"""The relay's look at the line: what is due, what is paused, and how much room there is."""

import time
from collections import defaultdict
from collections.abc import Collection, Sequence

from signalbus.bus import leases
from signalbus.bus.plan import Line, Plan, StreamPlan, in_turn
from signalbus.bus.streams import BY_URGENCY
from signalbus.bus.window import Window

Lines = dict[str, list[Line]]


class Look:
    """Makes plans, and keeps between them the windows and whose turn it was."""

    def __init__(self) -> None:
        self.windows: dict[str, Window] = defaultdict(Window)
        self._last_turn: dict[str, int] = {}

    def plan(self, streams: Collection[str]) -> Plan:
        """What of these streams may be published now. Three statements, fewer when idle."""
        everywhere, expires_in = leases.survey()
        entries = [entry for entry in everywhere if entry.stream in streams]
        due = [entry for entry in entries if entry.due_in <= 0]
        later = [entry.due_in for entry in entries if entry.due_in > 0]
        expired = expires_in is not None and expires_in <= 0
        if expires_in is not None and not expired:
            later.append(expires_in)
        plans = self._stream_plans(due) if due else []
        return Plan(streams=plans, expired=expired, next_due=min(later, default=None))

    def note(self, stream: str, tenants: Sequence[int], published: int) -> None:
        """Remember a turn: how many were published, and which tenant was the last."""
        self.windows[stream].publish(published)
        if tenants:
            self._last_turn[stream] = tenants[-1]

    def _stream_plans(self, due: Sequence[leases.FirstEntry]) -> list[StreamPlan]:
        running = leases.running(due)
        streams = {stream for stream, _, _ in running}
        waiting = leases.waiting(streams) if streams else {}
        now = time.monotonic()
        lines: Lines = defaultdict(list)
        for stream, tenant, weight in running:
            lines[stream].append(Line(tenant, weight, waiting.get((stream, tenant), 0)))
        in_kafka = _by_stream(waiting)
        return [
            self._stream_plan(stream, lines[stream], in_kafka.get(stream, 0), now)
            for stream in BY_URGENCY
            if stream in lines
        ]

    def _stream_plan(self, stream: str, lines: list[Line], waiting: int, now: float) -> StreamPlan:
        window = self.windows[stream]
        window.observe(waiting, now)
        return StreamPlan(
            stream=stream,
            lines=in_turn(lines, self._last_turn.get(stream, 0)),
            window=window.size,
            room=max(window.size - waiting, 0),
        )


def _by_stream(waiting: dict[tuple[str, int], int]) -> dict[str, int]:
    total: dict[str, int] = defaultdict(int)
    for (stream, _), count in waiting.items():
        total[stream] += count
    return total
