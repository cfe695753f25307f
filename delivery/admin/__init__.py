"""The console's pages of what became of notifications, and of the accounts that send them."""

from delivery.admin import (
    accounts,
    dead_letters,
    notices,
    notifications,
    redrives,
    sandbox,
    unmatched_receipts,
)

__all__ = [
    "accounts",
    "dead_letters",
    "notices",
    "notifications",
    "redrives",
    "sandbox",
    "unmatched_receipts",
]
