"""Numbers of the start pages: each with its meaning, counted up to a limit."""

from dataclasses import dataclass
from typing import Any

MOST_COUNTED = 999


@dataclass(frozen=True, slots=True)
class Figure:
    """A number with its meaning, and where it leads."""

    title: str
    value: str
    icon: str
    link: str
    is_bad: bool = False


def bounded(rows: Any) -> str:
    """How many, counted up to a limit so that the page stays quick with millions."""
    count = len(rows.order_by().values_list("pk")[: MOST_COUNTED + 1])
    return f"{MOST_COUNTED}+" if count > MOST_COUNTED else str(count)
