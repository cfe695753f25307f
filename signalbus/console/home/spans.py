"""How far back the page looks: hours or days of UTC, the one under way being the last."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest

from delivery.statistics.periods import Period, Step

PARAMETER = "span"


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """So many hours or days. `listed` is what the list of notifications calls at least as much."""

    name: str
    title: str
    count: int
    step: Step
    told: str
    listed: str

    def period(self, now: datetime) -> Period:
        """The hours or days themselves."""
        return Period.last(self.count, self.step, now)

    def label(self, begins: datetime) -> str:
        """What the axis calls an hour or a day."""
        return f"{begins:%H:%M}" if self.step is Step.HOUR else f"{begins:%a}"

    def full_label(self, begins: datetime) -> str:
        """What the table calls it."""
        day = f"{begins:%a} {begins.day} {begins:%b}"
        return f"{day} {begins:%H:%M}" if self.step is Step.HOUR else day


SPANS: Sequence[Span] = (
    Span(
        name="hour",
        title="Last hour",
        count=2,
        step=Step.HOUR,
        told="the hour under way and the one before it",
        listed="hours",
    ),
    Span(
        name="day",
        title="Last 24 hours",
        count=24,
        step=Step.HOUR,
        told="24 hours, the one under way being the last",
        listed="day",
    ),
    Span(
        name="week",
        title="Last 7 days",
        count=7,
        step=Step.DAY,
        told="7 days of UTC, today being the last",
        listed="week",
    ),
)
USUAL = SPANS[1]


def chosen(request: HttpRequest) -> Span:
    """The one that is asked for; a day where none is."""
    wanted = request.GET.get(PARAMETER)
    return next((span for span in SPANS if span.name == wanted), USUAL)
