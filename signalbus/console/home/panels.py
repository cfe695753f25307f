"""A panel for each channel: what came of its deliveries, as a chart and in numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from delivery.statistics import reading
from delivery.statistics.figures import Count, Figures
from delivery.statistics.latency import within
from delivery.statistics.periods import Period
from signalbus.bus.streams import Channel
from signalbus.console.home.chart import Chart, Column, drawn
from signalbus.console.home.outcomes import OUTCOMES, Outcome
from signalbus.console.home.spans import Span

PROMPT_SECONDS = 10.0  # what the service is measured by
TITLES = {Channel.EMAIL: "E-mail", Channel.SMS: "SMS"}
NOTHING = Figures()


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """An hour or a day in the table, its numbers in the order of OUTCOMES, then their sum."""

    name: str
    numbers: Sequence[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """A channel."""

    channel: str
    title: str
    figures: Figures
    legend: Sequence[tuple[Outcome, int]]
    chart: Chart
    rows: Sequence[Row]

    @property
    def success(self) -> str:
        """The share that providers took of what has an end."""
        return percent(self.figures.success_rate)

    @property
    def prompt(self) -> str:
        """The share of the sent ones that a provider had in time."""
        return percent(within(self.figures.latencies, PROMPT_SECONDS))

    @property
    def told(self) -> str:
        """The chart in a sentence."""
        return numbers_told(self.figures)


def panels(counts: Sequence[Count], span: Span, period: Period) -> list[Panel]:
    """Those of the channels with any deliveries, in their usual order."""
    wholes = reading.grouped(counts, lambda count: count.channel)
    parts = reading.grouped(counts, lambda count: (count.channel, count.begins))
    moments = [period.start + index * period.step.length for index in range(span.count)]
    return [
        _panel(
            channel,
            wholes[channel],
            [(moment, parts.get((channel, moment), NOTHING)) for moment in moments],
            span,
        )
        for channel in Channel
        if channel in wholes
    ]


def percent(share: float | None) -> str:
    """`99.8 %`; nothing where there is no share. What is not all never reads as all."""
    if share is None:
        return ""
    return f"{min(share * 100, 99.9):.1f} %" if share < 1 else "100 %"


def numbers_told(figures: Figures) -> str:
    """`1,204 sent or delivered, 3 failed`."""
    told = [(each.of(figures), each.title.lower()) for each in OUTCOMES]
    return ", ".join(f"{number:,} {title}" for number, title in told if number) or "none"


def _panel(
    channel: Channel, whole: Figures, moments: Sequence[tuple[datetime, Figures]], span: Span
) -> Panel:
    return Panel(
        channel=channel.value,
        title=TITLES[channel],
        figures=whole,
        legend=[(each, each.of(whole)) for each in OUTCOMES],
        chart=drawn([_column(moment, figures, span) for moment, figures in moments]),
        rows=[
            Row(name=span.full_label(moment), numbers=_numbers(figures))
            for moment, figures in reversed(moments)
            if figures.accepted
        ],
    )


def _column(moment: datetime, figures: Figures, span: Span) -> Column:
    return Column(
        name=span.label(moment),
        told=f"{span.full_label(moment)}: {numbers_told(figures)}",
        parts=[(each.tone, each.of(figures)) for each in OUTCOMES],
    )


def _numbers(figures: Figures) -> list[int]:
    return [*(each.of(figures) for each in OUTCOMES), figures.accepted]
