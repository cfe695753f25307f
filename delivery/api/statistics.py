"""`/statistics`: how many deliveries came to what, hour by hour or day by day."""

from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from msgspec import Meta, Struct

from delivery.statistics import reading
from delivery.statistics.figures import Figures, most_frequent
from delivery.statistics.periods import WIDEST, Period, PeriodError, Step, period
from delivery.statistics.reading import Line
from notifications.states import Status
from signalbus.api.filters import values
from signalbus.api.operations import Operation, choice, moment, text
from signalbus.api.problems import PointedError, Problem, summary
from signalbus.api.rendering import JSONAnswer
from signalbus.api.views import APIResource
from signalbus.bus.streams import Channel

PARAMETERS = (
    choice("by", "Hours, which is the default, or days.", list(Step)),
    moment(
        "from",
        "The first hour or day is the one with this moment. By default a day's hours, or 30 days.",
    ),
    moment("to", "The last one ends at or after this moment. By default, and at most: now."),
    choice("channel", "Of this channel alone.", list(Channel)),
    text("provider", "Of this kind of provider alone."),
)
Rate = Annotated[float, Meta(ge=0, le=1)] | None
Milliseconds = int | None


class ErrorCount(Struct, kw_only=True):
    """So many for this reason."""

    error_class: Annotated[str, Meta(description="A class of errors.")]
    count: Annotated[int, Meta(description="How many failed, or are unknown, because of it.")]


class LineOut(Struct, kw_only=True):
    """Deliveries made in an hour or a day, on a channel, that went through a provider."""

    begins: Annotated[datetime, Meta(description="When the hour or day of UTC begins.")]
    channel: Annotated[str, Meta(description="The channel.")]
    provider: Annotated[
        str | None,
        Meta(description="The kind of provider tried last; null: none was, or not yet."),
    ]
    accepted: Annotated[int, Meta(description="All of them: the sum of `statuses`.")]
    sent: Annotated[
        int, Meta(description="Those that a provider took: they are now `sent` or `delivered`.")
    ]
    delivered: Annotated[int, Meta(description="Those of them that arrived.")]
    failed: Annotated[int, Meta(description="Those that are now `failed`, `dead` or `bounced`.")]
    success_rate: Annotated[
        Rate,
        Meta(
            description="`sent` as a share of `sent`, `failed` and the `unknown` ones; null where "
            "there is none of these."
        ),
    ]
    latency_p50_ms: Annotated[
        Milliseconds,
        Meta(
            description="In this time or less, half of the sent ones were taken by a provider, "
            "from when they were made or, where that is later, from their `send_at`; null: none "
            "was sent. Read from a histogram, so it is a few per cent more or less."
        ),
    ]
    latency_p95_ms: Annotated[Milliseconds, Meta(description="The same of 95 in 100.")]
    statuses: Annotated[dict[str, int], Meta(description="How many have each state by now.")]
    error_classes: Annotated[
        list[ErrorCount],
        Meta(description="Why the failed and unknown ones came to nothing; the most usual first."),
    ]


class StatisticsOut(Struct, kw_only=True):
    """What came of the deliveries of a time."""

    mode: Annotated[Literal["live", "test"], Meta(description="The key's mode.")]
    by: Annotated[Literal["hour", "day"], Meta(description="Hours or days.")]
    begins: Annotated[datetime, Meta(description="Where the first one begins.")]
    ends: Annotated[datetime, Meta(description="Where the last one ends, or will end.")]
    results: Annotated[
        list[LineOut],
        Meta(description="In the order of time; hours and days without deliveries are left out."),
    ]


class Statistics(APIResource):
    """`/statistics`"""

    operations = {
        "get": Operation(
            summary="Show what came of deliveries, by hour or day",
            description="A delivery counts in the hour in which it was made, with what has become "
            "of it until now: one that failed and was redriven counts where it first did, as sent. "
            "So the figures of past hours change as long as receipts and redrives come in, and "
            "each delivery counts once. Hours and days are those of UTC; for the days of another "
            f"time zone add up hours. At most {WIDEST[Step.HOUR].days} days are shown by hour and "
            f"{WIDEST[Step.DAY].days} by day. Each mode is counted by itself.",
            answer=StatisticsOut,
            query=PARAMETERS,
        )
    }

    def get(self, request: HttpRequest) -> HttpResponse:
        asked = values(request.GET, PARAMETERS, others=())
        wanted = _period(asked)
        found = reading.counts(
            self.mode, wanted, channel=asked.get("channel"), provider=asked.get("provider")
        )
        key: Any = self.request.auth
        return JSONAnswer(
            StatisticsOut(
                mode=key.mode,
                by=wanted.step.value,
                begins=wanted.start,
                ends=wanted.end,
                results=[_line(each) for each in reading.lines(found)],
            )
        )


def _period(asked: dict[str, Any]) -> Period:
    step = Step(asked.get("by", Step.HOUR))
    try:
        return period(
            asked.get("from"), asked.get("to"), step, now=timezone.now(), kept=reading.kept()
        )
    except PeriodError as error:
        errors = [PointedError(f"/{error.name}", error.detail)]
        raise Problem("invalid-parameter", summary(errors), errors=errors) from error


def _line(line: Line) -> LineOut:
    figures = line.figures
    rate = figures.success_rate
    return LineOut(
        begins=line.begins,
        channel=line.channel,
        provider=line.provider or None,
        accepted=figures.accepted,
        sent=figures.sent,
        delivered=figures.statuses[Status.DELIVERED],
        failed=figures.failed,
        success_rate=None if rate is None else round(rate, 4),
        latency_p50_ms=_milliseconds(figures, 0.5),
        latency_p95_ms=_milliseconds(figures, 0.95),
        statuses={status.value: figures.statuses[status] for status in Status},
        error_classes=[
            ErrorCount(error_class=name, count=count)
            for name, count in most_frequent(figures.error_classes)
        ],
    )


def _milliseconds(figures: Figures, share: float) -> int | None:
    seconds = figures.latency(share)
    return None if seconds is None else round(seconds * 1000)
