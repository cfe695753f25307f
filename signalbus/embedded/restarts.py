"""When a unit that died may start again. Pure: time comes in as `now`, in seconds."""

from dataclasses import dataclass, replace

PAUSES_SECONDS = (0.0, 1.0, 2.0, 5.0, 10.0, 30.0)
STEADY_SECONDS = 60.0  # a unit that ran that long has its next death counted as the first


@dataclass(frozen=True, slots=True, kw_only=True)
class Restarts:
    """Deaths in a row, deaths in all, and the moment before which no start is tried."""

    in_a_row: int = 0
    total: int = 0
    not_before: float = 0.0

    def after_death(self, *, now: float, started: float) -> "Restarts":
        """Return the state after a death: at once the first time, then with a growing pause."""
        in_a_row = 0 if now - started >= STEADY_SECONDS else self.in_a_row
        pause = PAUSES_SECONDS[min(in_a_row, len(PAUSES_SECONDS) - 1)]
        return replace(self, in_a_row=in_a_row + 1, total=self.total + 1, not_before=now + pause)

    def may_start(self, now: float) -> bool:
        """Return whether the pause is over."""
        return now >= self.not_before
