"""How long the relay waits after a look that published nothing. Pure."""

from dataclasses import dataclass

SHORTEST = 0.02  # seconds: how soon room may appear in a window that was full
GROWTH = 1.5


@dataclass(slots=True)
class Pace:
    """Waits that grow while something is due for which there is no room."""

    _blocked_for: float = 0.0

    def progressed(self) -> None:
        """Something was published: look again soon."""
        self._blocked_for = 0.0

    def wait(self, *, blocked: bool, next_due: float | None, longest: float) -> float:
        """Seconds until the next look, at most `longest`."""
        if not blocked:
            self._blocked_for = 0.0
            return longest if next_due is None else min(max(next_due, 0.0), longest)
        self._blocked_for = min(max(self._blocked_for * GROWTH, SHORTEST), longest)
        return self._blocked_for
