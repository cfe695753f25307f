"""Which account sends a delivery. Pure."""

from collections.abc import Iterable

from delivery.accounts import SIMULATOR, Account
from tenants.models import Mode


def route(mode: str, channel: str, accounts: Iterable[Account]) -> Account | None:
    """The first account of the channel; in test mode always the simulator's.

    `accounts` are the enabled ones, by position. None where the tenant has none for the channel.
    """
    if mode == Mode.TEST:
        return SIMULATOR
    return next((account for account in accounts if account.channel == channel), None)
