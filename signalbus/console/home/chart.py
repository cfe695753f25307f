"""Bars of a chart, in the units of SVG: across in percent of the width, down in pixels."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

HEIGHT = 132
TOP = 18  # room for the number of the highest line
BOTTOM = 20  # room for the names of hours and days
FLOOR = HEIGHT - BOTTOM
THINNEST = 2.0  # pixels of what there is any of
WIDEST = 7.0  # percent of the chart
FILLED = 0.72  # of a bar's place
MOST_NAMES = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A part of a bar, from its upper edge on."""

    tone: str
    y: float
    height: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """An hour or a day; `name` stands below it, where there is room for it."""

    x: float
    width: float
    middle: float
    name: str
    told: str
    segments: Sequence[Segment]


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """What a bar shows: (tone, number) from the bottom to the top, and how it is told in words."""

    name: str
    told: str
    parts: Sequence[tuple[str, int]]

    @property
    def total(self) -> int:
        return sum(number for _, number in self.parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """All of them; `ceiling` is the number at the highest line."""

    ceiling: int
    bars: Sequence[Bar]
    height: int = HEIGHT
    top: int = TOP
    floor: int = FLOOR
    middle: int = (TOP + FLOOR) // 2


def drawn(columns: Sequence[Column]) -> Chart:
    """A bar for each column, in their order, from the left to the right."""
    ceiling = rounded_up(max((column.total for column in columns), default=0))
    place = 100 / max(len(columns), 1)
    every = -(-len(columns) // MOST_NAMES)
    return Chart(
        ceiling=ceiling,
        bars=[
            _bar(column, index * place, place, ceiling, is_named=index % every == 0)
            for index, column in enumerate(columns)
        ],
    )


def rounded_up(number: int) -> int:
    """The next number of one digit with noughts behind it; at least 1."""
    number = max(number, 1)
    unit = 10 ** (len(str(number)) - 1)
    return -(-number // unit) * unit


def _bar(column: Column, left: float, place: float, ceiling: int, *, is_named: bool) -> Bar:
    width = min(place * FILLED, WIDEST)
    return Bar(
        x=round(left + (place - width) / 2, 2),
        width=round(width, 2),
        middle=round(left + place / 2, 2),
        name=column.name if is_named else "",
        told=column.told,
        segments=list(_segments(column.parts, ceiling)),
    )


def _segments(parts: Iterable[tuple[str, int]], ceiling: int) -> Iterable[Segment]:
    upper = float(FLOOR)
    for tone, number in parts:
        if number:
            height = max((FLOOR - TOP) * number / ceiling, THINNEST)
            upper -= height
            yield Segment(tone=tone, y=round(upper, 1), height=round(height, 1))
