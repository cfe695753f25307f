"""What an account's weight and limits may be. The API and the consoles check by the same."""

from signalbus.bus.streams import Channel

HIGHEST_POSITION = 32_767  # of a smallint
HEAVIEST = 1_000
SLOWEST, FASTEST = 0.001, 10_000.0  # messages per second
BIGGEST_BURST = 10_000

DOMAINS_OF_EMAIL = "Only e-mail has domains of recipients: leave it out."


def problems_of_limits(channel: str, domain_per_second: float | None) -> list[tuple[str, str]]:
    """What is wrong beyond the bounds above, as (JSON pointer, detail)."""
    if domain_per_second is not None and channel != Channel.EMAIL:
        return [("/domain_per_second", DOMAINS_OF_EMAIL)]
    return []
