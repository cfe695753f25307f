"""A way that a policy takes for want of a receipt, as the rows that are written. Pure."""

from collections.abc import Callable
from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

from delivery.pipeline.watching import Fall, Watched, words
from notifications.deciding.policy import Decision
from notifications.states import Status
from notifications.values import Value
from signalbus.bus.streams import stream_of
from signalbus.core.ids import new_id

Patience = Callable[[str], timedelta]  # of a channel: how long sending by it may take


class FallRow(NamedTuple):
    """What becomes of the watched delivery, on condition that it is still as it was read."""

    entries: UUID
    generations: int
    deliveries: UUID
    statuses: str
    numbers: int
    agains: bool
    deadlines: object
    actions: UUID
    details: str


class MadeRow(Value, frozen=True, kw_only=True):
    """A delivery that is made in another's place; `watch` is the entry that leads to it."""

    watch: UUID
    id: UUID
    channel: str
    lane: str
    stream: str
    status: str
    reason: str
    detail: str
    address: str
    template_version_id: UUID | None
    locale: str
    deadline: object


def fall_row(watched: Watched, way: Fall, patience: Patience) -> FallRow:
    """The row of the watched delivery; sent again, it has a deadline from now."""
    return FallRow(
        entries=watched.entry,
        generations=watched.generation,
        deliveries=watched.delivery,
        statuses=watched.status,
        numbers=watched.attempts,
        agains=way.again,
        deadlines=watched.expires_at or watched.now + patience(watched.channel),
        actions=new_id(),
        details=words(watched, way),
    )


def made_rows(watched: Watched, way: Fall, patience: Patience) -> list[MadeRow]:
    """The rows of the deliveries to be made, in the lane of the one before them."""
    return [_made_row(watched, decision, patience) for decision in way.made]


def _made_row(watched: Watched, decision: Decision, patience: Patience) -> MadeRow:
    sent = not decision.skip
    return MadeRow(
        watch=watched.entry,
        id=new_id(),
        channel=decision.channel,
        lane=watched.lane,
        stream=stream_of(decision.channel, watched.lane),
        status=Status.QUEUED if sent else Status.SKIPPED,
        reason=decision.skip,
        detail=decision.detail,
        address=decision.address,
        template_version_id=decision.version.id if decision.version else None,
        locale=decision.locale,
        deadline=watched.expires_at or watched.now + patience(decision.channel) if sent else None,
    )
