"""What an account's page says of the mailbox that its bounces come to."""

from typing import Any

from signalbus.panels.words import ago, two_lines
from tenants import doors

TITLE = "Bounces: what comes back as mail"
SHOWN = ("mailbox_state",)
NEVER = "Not read yet; each mailbox is read about once a minute."


def has_one(row: Any) -> bool:
    """Whether the account names a mailbox."""
    return bool(row and row.options.get("imap_host"))


def state(row: Any) -> str:
    """When it was read last, and what the server said if that did not work."""
    moment, error = doors.mailbox_of(row.id)
    if moment is None:
        return NEVER
    if error:
        return two_lines(f"Cannot be read: {error}", ago(moment))
    return two_lines("Is read", ago(moment))
