"""How often, and for how long, sending is tried: the one table by channel and priority. Pure.

It stands here and not with the sending, since accepting writes the deadline down.
"""

from collections.abc import Mapping
from datetime import timedelta

from msgspec.structs import replace

from notifications.values import Value
from signalbus.bus.streams import Channel, Lane

DAY = 24 * 3600.0
# Figure → the least and the most that a policy may ask for. Seconds, but for factor and tries.
BOUNDS: Mapping[str, tuple[float, float]] = {
    "first": (0.1, 3600.0),
    "factor": (1.0, 10.0),
    "longest": (0.1, DAY),
    "tries": (1, 50),
    "deadline": (1.0, 30 * DAY),
}


class RetryRule(Value, frozen=True, kw_only=True):
    """`first` and `longest` pause and `deadline` in seconds; `tries` counts provider calls.

    A pause is at most `first` long, and with each try `factor` times as long as before, up to
    `longest`. `deadline` counts from when the delivery was to go out; no try begins after it.
    """

    first: float
    factor: float
    longest: float
    tries: int
    deadline: float = DAY


# What is urgent is repeated within seconds at first, as people wait for it; e-mail more often, as
# greylisting passes after 5 to 15 minutes (RFC 6647, section 2.3). Bulk leaves a provider alone.
TABLE: Mapping[tuple[str, str], RetryRule] = {
    (Channel.EMAIL, Lane.HIGH): RetryRule(first=2, factor=3, longest=600, tries=12),
    (Channel.EMAIL, Lane.NORMAL): RetryRule(first=10, factor=3, longest=3600, tries=8),
    (Channel.EMAIL, Lane.BULK): RetryRule(first=60, factor=3, longest=3600, tries=8),
    (Channel.SMS, Lane.HIGH): RetryRule(first=2, factor=2, longest=300, tries=10),
    (Channel.SMS, Lane.NORMAL): RetryRule(first=10, factor=3, longest=3600, tries=8),
    (Channel.SMS, Lane.BULK): RetryRule(first=60, factor=3, longest=3600, tries=6),
}


def rule(channel: str, lane: str, *asked: Mapping[str, float]) -> RetryRule:
    """The table's rule with the figures asked for in their place; of two the later one counts.

    Names that are no figures are passed over.
    """
    figures = {name: figure for each in asked for name, figure in each.items() if name in BOUNDS}
    return replace(TABLE[channel, lane], **figures) if figures else TABLE[channel, lane]


def deadline(channel: str, lane: str, *asked: Mapping[str, float]) -> timedelta:
    """How long a delivery may take from when it was to go out; asked for as in `rule`."""
    for each in reversed(asked):
        if "deadline" in each:
            return timedelta(seconds=each["deadline"])
    return timedelta(seconds=TABLE[channel, lane].deadline)


def misfits(asked: Mapping[str, object]) -> dict[str, str]:
    """Name → what is wrong with it, for each figure that a policy cannot ask for."""
    return {name: wrong for name, figure in asked.items() if (wrong := _misfit(name, figure))}


def _misfit(name: str, figure: object) -> str:
    if name not in BOUNDS:
        return f"There is no such figure; there are {', '.join(BOUNDS)}."
    least, most = BOUNDS[name]
    whole = name == "tries"
    fits = isinstance(figure, int if whole else int | float) and not isinstance(figure, bool)
    if fits and least <= figure <= most:  # type: ignore[operator]
        return ""
    kind = "a whole number" if whole else "a number"
    return f"It must be {kind} from {least:g} to {most:.0f}."
