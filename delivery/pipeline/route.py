"""Which account sends a delivery. Pure."""

from collections.abc import Iterable

from delivery.providers.account import SIMULATOR, Account
from signalbus.core.modes import TEST


def route(mode: str, channel: str, accounts: Iterable[Account]) -> Account | None:
    """The channel's first account that is enabled; in test mode always the simulator's.

    `accounts` stand by position. None where the tenant has none for the channel.
    """
    if mode == TEST:
        return SIMULATOR
    return next((each for each in accounts if each.enabled and each.channel == channel), None)
