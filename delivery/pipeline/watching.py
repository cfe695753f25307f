"""What becomes of a delivery that no receipt has followed, or that ended badly. Pure.

A policy that waits for receipts takes another way, once for each delivery: the next channel that
it falls back to, or else another account of the same channel. Never after a late success.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from delivery.errors import RULES, ErrorClass, Fault
from notifications.deciding.policy import Decision, up_to_the_first
from notifications.states import Skip, Status

# How a delivery may have ended; what came too late would do so by any way.
BADLY = (Status.FAILED, Status.DEAD, Status.BOUNCED, Status.UNKNOWN)
# Where the fault is one of these, another account may fare better.
OURS = frozenset({Fault.PROVIDER, Fault.NETWORK, Fault.ACCOUNT})
WHY = {
    Status.SENT: "No receipt of delivery came in time",
    Status.FAILED: "It failed",
    Status.DEAD: "It was given up",
    Status.BOUNCED: "It bounced",
    Status.UNKNOWN: "Nobody knows what became of it",
    Status.SKIPPED: "Its address is suppressed",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """A watch and its delivery, as they stood a moment ago.

    `known_attempts` are those that the watch knows of. `channels` are all on which the notification
    has a delivery, `arrived` says that one of them was delivered; `addresses` and `suppressed` are
    the recipient's by channel, the latter with its reason and since when, in ISO 8601.
    """

    entry: UUID
    generation: int
    known_attempts: int
    delivery: UUID
    notification: UUID
    mode: str
    channel: str
    lane: str
    status: str
    reason: str
    error_class: str
    account: UUID | None
    wanted_account: UUID | None
    attempts: int
    fell_over: bool
    fallback_of: UUID | None
    topic: str
    data: Mapping[str, Any]
    locale: str
    expires_at: datetime | None
    channels: Sequence[str]
    arrived: bool
    addresses: Mapping[str, str]
    suppressed: Mapping[str, tuple[str, str]]
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Fall:
    """The way that is taken: deliveries to be made, all but the last of which are skipped, and
    whether the same one is sent again."""

    made: Sequence[Decision]
    again: bool

    @property
    def channel(self) -> str:
        """The channel to which it falls, or empty."""
        return next((each.channel for each in self.made if not each.skip), "")


def is_in_want(watched: Watched) -> bool:
    """Whether something is to be done: it is not too late, and nothing has been sent since."""
    return (
        not watched.fell_over
        and not watched.arrived
        and watched.attempts == watched.known_attempts
        and (watched.expires_at is None or watched.expires_at > watched.now)
        and _lacks_success(watched)
    )


def fall(watched: Watched, *, channels: Sequence[Decision], others: bool) -> Fall | None:
    """The way for what is in want. `channels` are decisions on the channels to fall back to, in
    their order; `others` says whether the channel has another account that may be used."""
    made = up_to_the_first(channels)
    sendable = any(not each.skip for each in made)
    again = others and not sendable and _may_go_again(watched)
    return Fall(made=made, again=again) if made or again else None


def words(watched: Watched, way: Fall) -> str:
    """The reason and the way, for people."""
    return f"{WHY[Status(watched.status)]}: {_way(way)}."


def _way(way: Fall) -> str:
    if way.channel:
        return f"it goes by {way.channel} instead"
    if way.again:
        return "another account sends it again"
    return "there is no other way to send it"


def _lacks_success(watched: Watched) -> bool:
    if watched.status == Status.SKIPPED:
        return watched.reason == Skip.SUPPRESSED
    return watched.status == Status.SENT or (
        watched.status in BADLY and watched.error_class != ErrorClass.EXPIRED
    )


def _may_go_again(watched: Watched) -> bool:
    """What fell back to this channel is sent by it once."""
    if watched.fallback_of is not None:
        return False
    if watched.status == Status.FAILED:
        known = watched.error_class in RULES
        return known and RULES[ErrorClass(watched.error_class)].fault in OURS
    return watched.status == Status.SENT
