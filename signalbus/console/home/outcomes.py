"""What deliveries come to, in the few groups that a chart can tell apart."""

from collections.abc import Sequence
from dataclasses import dataclass

from delivery.statistics.figures import FAILED, TAKEN, Figures
from notifications.states import Status


@dataclass(frozen=True, slots=True)
class Outcome:
    """States that are drawn as one; `tone` is its colour in the console."""

    title: str
    tone: str
    statuses: Sequence[Status]

    def of(self, figures: Figures) -> int:
        """How many of them came to it."""
        return sum(figures.statuses[status] for status in self.statuses)


# From the bottom of a bar to its top, where a few that failed are seen above very many.
OUTCOMES: Sequence[Outcome] = (
    Outcome("Sent or delivered", "good", TAKEN),
    Outcome("Under way", "busy", (Status.QUEUED,)),
    Outcome("Skipped or cancelled", "calm", (Status.SKIPPED, Status.CANCELLED)),
    Outcome("Outcome unknown", "warn", (Status.UNKNOWN,)),
    Outcome("Failed", "bad", FAILED),
)
