"""Hours and days of UTC, and how much of the past may be asked for at once."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


class Step(StrEnum):
    """What is summed up."""

    HOUR = "hour"
    DAY = "day"

    @property
    def length(self) -> timedelta:
        return HOUR if self is Step.HOUR else DAY


USUAL = {Step.HOUR: DAY, Step.DAY: 30 * DAY}  # when no beginning is named
WIDEST = {Step.HOUR: 31 * DAY, Step.DAY: 366 * DAY}


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """How long hours are kept, and then days."""

    hours: timedelta
    days: timedelta

    def oldest(self, step: Step, now: datetime) -> datetime:
        """Where the first full hour or day begins that is known."""
        return floor(now - (self.hours if step is Step.HOUR else self.days), Step.DAY) + DAY


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """Whole hours or days of UTC; `end` is not of it."""

    start: datetime
    end: datetime
    step: Step

    @classmethod
    def last(cls, count: int, step: Step, now: datetime) -> "Period":
        """So many hours or days, the one under way being the last."""
        end = floor(now, step) + step.length
        return cls(start=end - count * step.length, end=end, step=step)


class PeriodError(ValueError):
    """A period that cannot be shown; `name` is the parameter to change."""

    def __init__(self, name: str, detail: str) -> None:
        super().__init__(detail)
        self.name = name
        self.detail = detail


def period(
    start: datetime | None, end: datetime | None, step: Step, *, now: datetime, kept: Kept
) -> Period:
    """The whole hours or days that touch what is asked for, up to the one under way.

    The moments are compared before they are brought to UTC, which the first and last of the
    calendar cannot be. Raises PeriodError.
    """
    oldest = kept.oldest(step, now)
    until = min(end or now, now)
    if until <= oldest:
        raise PeriodError("to", _forgotten(step, oldest))
    since = max(oldest, until - USUAL[step]) if start is None else start
    if since < oldest:
        raise PeriodError("from", _forgotten(step, oldest))
    if since >= until:
        raise PeriodError("from", "This has to be in the past, and before `to`.")
    whole = Period(start=floor(since, step), end=_ceiling(until, step), step=step)
    if whole.end - whole.start > WIDEST[step] + step.length:
        raise PeriodError("from", _too_wide(step))
    return whole


def floor(moment: datetime, step: Step) -> datetime:
    """Where its hour or day of UTC begins."""
    begun = moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    return begun if step is Step.HOUR else begun.replace(hour=0)


def _ceiling(moment: datetime, step: Step) -> datetime:
    begun = floor(moment, step)
    return begun if begun == moment else begun + step.length


def _forgotten(step: Step, oldest: datetime) -> str:
    other = " Ask by=day for what was before." if step is Step.HOUR else ""
    return f"By {step}, statistics are kept since {oldest:%Y-%m-%dT%H:%M:%SZ}.{other}"


def _too_wide(step: Step) -> str:
    other = ", or by=day" if step is Step.HOUR else ""
    return f"By {step}, at most {WIDEST[step].days} days are shown. Ask for fewer{other}."
