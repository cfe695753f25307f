"""How far redrives have come."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from delivery.models import Redrive
from delivery.redrives import sql
from notifications.database import fetch


class State(StrEnum):
    """Where a redrive stands as a whole."""

    RUNNING = "running"
    STOPPED = "stopped"
    DONE = "done"


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """A redrive and how many of its deliveries are still in the line."""

    redrive: Redrive
    waiting: int

    @property
    def done(self) -> int:
        """How many have come to an end, whichever."""
        return self.redrive.count - self.redrive.stopped - self.waiting

    @property
    def state(self) -> State:
        if self.redrive.stopped_at:
            return State.STOPPED
        return State.RUNNING if self.waiting else State.DONE


def progress_of(redrives: Iterable[Redrive]) -> list[Progress]:
    """The progress of each, in their order: one query that looks only at what still waits."""
    rows = list(redrives)
    waiting: Mapping[UUID, int] = {}
    if rows:
        waiting = dict(fetch(sql.WAITING, {"redrives": [str(row.id) for row in rows]}))
    return [Progress(redrive=row, waiting=waiting.get(row.id, 0)) for row in rows]


def over(before: UUID) -> list[UUID]:
    """The ids of redrives below that id of which nothing waits any more."""
    old = Redrive.objects.filter(id__lt=before)
    return [each.redrive.id for each in progress_of(old) if not each.waiting]


def counts_of(redrive: Redrive) -> dict[str, int]:
    """The states that its deliveries have at present, without those that a stop took out."""
    return dict(fetch(sql.STATES, {"redrive": redrive.id, "stopped": False}))
