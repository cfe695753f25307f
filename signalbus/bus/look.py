"""The relay's look at the line: what is due, what is paused, and how much room there is."""

import time
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from signalbus.bus import leases
from signalbus.bus.plan import Line, Only, Plan, StreamPlan, in_turn
from signalbus.bus.streams import BY_URGENCY
from signalbus.bus.window import Window

# By the stream, and by what of them is published.
Lines = dict[tuple[str, Only], list[Line]]


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
        lines = leases.lines(due) if due else []
        later += [line.wakes_in for line in lines if line.waits and line.wakes_in is not None]
        plans = self._stream_plans([line for line in lines if line.runs])
        waits = any(line.only is Only.RESERVED for line in lines)
        return Plan(streams=plans, expired=expired, waits=waits, next_due=min(later, default=None))

    def note(self, stream: str, tenants: Sequence[int], published: int) -> None:
        """Remember a turn: how many were published, and which tenant was the last."""
        self.windows[stream].publish(published)
        if tenants:
            self._last_turn[stream] = tenants[-1]

    def _stream_plans(self, running: Sequence[leases.LineState]) -> list[StreamPlan]:
        """In each stream those first of which only some entries are published."""
        waiting = leases.waiting({line.stream for line in running}) if running else {}
        lines: Lines = defaultdict(list)
        for line in running:
            lines[line.stream, line.only].append(_line(line, waiting))
        in_kafka = _by_stream(waiting)
        now = time.monotonic()
        for stream in {stream for stream, _ in lines}:
            self.windows[stream].observe(in_kafka.get(stream, 0), now)
        return [
            self._stream_plan(stream, only, lines[stream, only], in_kafka.get(stream, 0))
            for stream in BY_URGENCY
            for only in Only
            if (stream, only) in lines
        ]

    def _stream_plan(self, stream: str, only: Only, lines: list[Line], waiting: int) -> StreamPlan:
        size = self.windows[stream].size
        return StreamPlan(
            stream=stream,
            lines=in_turn(lines, self._last_turn.get(stream, 0)),
            window=size,
            room=max(size - waiting, 0),
            only=only,
        )


def _line(line: leases.LineState, waiting: Mapping[tuple[str, int], int]) -> Line:
    return Line(
        line.tenant_id, line.weight, waiting.get((line.stream, line.tenant_id), 0), line.tried
    )


def _by_stream(waiting: Mapping[tuple[str, int], int]) -> dict[str, int]:
    total: dict[str, int] = defaultdict(int)
    for (stream, _), count in waiting.items():
        total[stream] += count
    return total
