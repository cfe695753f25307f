"""Redrives of many deliveries at once: what a filter finds goes into the line again, at a rate.

- `filters`: what they can be chosen by
- `orders`: an order, and what it would take
- `beginning`: the one transaction that puts them into the line
- `stopping`: takes out again what has not begun
- `progress`: how far redrives have come

All of it acts in the current tenant's schema.
"""

from delivery.redrives.beginning import Begun, begin
from delivery.redrives.filters import NOTHING_NAMED, RedriveFilter
from delivery.redrives.orders import HIGHEST_RATE, LIMIT, MOST, Counted, Order, count
from delivery.redrives.progress import Progress, State, counts_of, over, progress_of
from delivery.redrives.stopping import stop

__all__ = [
    "HIGHEST_RATE",
    "LIMIT",
    "MOST",
    "NOTHING_NAMED",
    "Begun",
    "Counted",
    "Order",
    "Progress",
    "RedriveFilter",
    "State",
    "begin",
    "count",
    "counts_of",
    "over",
    "progress_of",
    "stop",
]
