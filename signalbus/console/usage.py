"""What a tenant has used of its quotas, as its start page shows it."""

from dataclasses import dataclass
from datetime import datetime

from notifications.quotas import reached
from notifications.usage_report import report
from signalbus.panels.modes import LIVE
from tenants.identity import TenantIdentity
from tenants.limits import ALL_CHANNELS, COUNTED, Period
from tenants.standing import Used

FULL = 1.0


@dataclass(frozen=True, slots=True)
class Cell:
    """A day's or month's use: the number, of how many, and the label where it comes to its end."""

    used: int
    limit: int | None
    word: str
    opens_at: datetime


@dataclass(frozen=True, slots=True)
class Row:
    """A channel, or notifications in all."""

    title: str
    cells: tuple[Cell, ...]


def rows(tenant: TenantIdentity) -> list[Row]:
    """Live use by channel, today and this month."""
    found = {(line.channel, line.period): line for line in report(tenant, LIVE).lines}
    channels = dict.fromkeys(channel for channel, _ in found)
    return [
        Row(_title(channel), tuple(_cell(found[channel, period]) for period in Period))
        for channel in channels
    ]


def _title(channel: str) -> str:
    return "Notifications in all" if channel == ALL_CHANNELS else COUNTED[channel]


def _cell(line: Used) -> Cell:
    share = reached(line.limit, line.used)
    word = "used up" if share >= FULL else "nearly used up" if share else ""
    return Cell(line.used, line.limit, word, line.opens_at)
