"""Whether a delivery may go out now. Pure: facts and the line's pause come in as values."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from delivery.errors import ErrorClass
from notifications.deciding.policy import Suppressed
from notifications.deciding.terms import OVERRIDABLE
from notifications.states import Skip

if TYPE_CHECKING:
    from delivery.pipeline.items import Facts

PAUSED = "paused"
ARRIVED = "another delivery of the notification has arrived"


@dataclass(frozen=True, slots=True, kw_only=True)
class Send:
    """Nothing stands against it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """Not now: the entry waits for so long, with a reason that people see.

    With `at` it keeps the place in the line that this moment gives it, whatever the delay;
    `reserved_account` has given it the moment that it waits for.
    """

    delay: timedelta
    reason: str
    at: datetime | None = None
    reserved_account: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """Not at all, though nothing went wrong; `detail` says more of the reason."""

    reason: Skip
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenUp:
    """Not any more: it ends in the state that the error class says."""

    error_class: ErrorClass
    detail: str
    code: str = ""


Decision = Send | Hold | Skipped | GivenUp

SEND = Send()
# A paused line is not published at all, so what comes back to it may be due at once.
WHILE_PAUSED = Hold(delay=timedelta(0), reason=PAUSED)


def gate(facts: "Facts", *, paused: bool, overrides: Collection[str] = frozenset()) -> Decision:
    """The first objection, or SEND. `overrides` are reasons of suppressions to be passed over."""
    if paused:
        return WHILE_PAUSED
    objection = _objection(facts, overrides)
    if objection is None:
        return SEND
    return _unknown(objection) if facts.possibly_repeated else objection


def _objection(facts: "Facts", overrides: Collection[str]) -> Skipped | GivenUp | None:
    if facts.deadline is not None and facts.deadline <= facts.now:
        return _expired(facts)
    if facts.suppressed and not (facts.suppressed in overrides and facts.suppressed in OVERRIDABLE):
        return Skipped(
            reason=Skip.SUPPRESSED, detail=str(Suppressed(facts.suppressed, facts.suppressed_at))
        )
    return Skipped(reason=Skip.DUPLICATE, detail=ARRIVED) if facts.overtaken else None


def _expired(facts: "Facts") -> Skipped | GivenUp:
    """Of no use any more as the caller said, or given up as the installation's patience says."""
    if not facts.attempts and facts.deadline == facts.expires_at:
        return Skipped(reason=Skip.EXPIRED)
    return GivenUp(
        error_class=ErrorClass.EXPIRED, detail="The deadline passed before it could be sent."
    )


def _unknown(objection: Skipped | GivenUp) -> GivenUp:
    """An earlier attempt may have got through, so that nothing else can be said of it."""
    return GivenUp(
        error_class=ErrorClass.UNKNOWN_OUTCOME,
        detail=f"An attempt's outcome is unknown, and it could not be repeated: {_why(objection)}.",
    )


def _why(objection: Skipped | GivenUp) -> str:
    if isinstance(objection, GivenUp):
        return "expired"
    return ", ".join(part for part in (objection.reason.value, objection.detail) if part)
