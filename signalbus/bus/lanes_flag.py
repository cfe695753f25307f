"""The flag `--lanes`, which relays and workers share."""

from argparse import ArgumentTypeError

from django.core.management.base import CommandParser

from signalbus.bus.streams import Lane


def add_lanes(parser: CommandParser) -> None:
    """Let a command be told which lanes to work on; without the flag, all."""
    parser.add_argument(
        "--lanes",
        type=_lanes,
        default=tuple(lane.value for lane in Lane),
        metavar="high,normal,bulk",
        help="the lanes to work on (default: all)",
    )


def _lanes(text: str) -> tuple[str, ...]:
    """The lanes named, the most urgent first."""
    wanted = {part.strip() for part in text.split(",") if part.strip()}
    if not wanted or wanted - set(Lane):
        raise ArgumentTypeError(f"takes some of {', '.join(Lane)}, separated by commas")
    return tuple(lane.value for lane in Lane if lane in wanted)
