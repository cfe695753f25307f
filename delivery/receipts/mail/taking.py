"""Reports of a mailbox, taken in together; one that cannot be is told apart from the others."""

from collections.abc import Mapping, Sequence

from django.db import DataError

from delivery.receipts import take
from delivery.receipts.doors import Door
from delivery.receipts.events import ReceiptEvent
from delivery.receipts.readers.base import Read

# What a report brings on by its own words, which anybody may have written. Whatever else is raised
# is not its fault, and it will be read again.
ITS_OWN = (DataError, ValueError, OverflowError)

Told = Mapping[str, Sequence[ReceiptEvent]]
"""What messages tell, by their ids."""


def take_in(door: Door, told: Told) -> dict[str, Exception]:
    """Store and apply all of it; the messages that it is not possible of, and why.

    Raises what is no message's fault. Then, and where this is repeated, what was taken in before
    is taken in once.
    """
    try:
        _take(door, told)
    except ITS_OWN:
        return _one_by_one(door, told)
    return {}


def _one_by_one(door: Door, told: Told) -> dict[str, Exception]:
    refused: dict[str, Exception] = {}
    for uid, events in told.items():
        try:
            _take(door, {uid: events})
        except ITS_OWN as error:
            refused[uid] = error
    return refused


def _take(door: Door, told: Told) -> None:
    events = [event for several in told.values() for event in several]
    if events:
        take.take(door, Read(receipts=events))
