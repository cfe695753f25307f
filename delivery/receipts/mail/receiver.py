"""Reports that an e-mail service hands over as inbound messages."""

from collections.abc import Sequence

from delivery.receipts import doors, take
from delivery.receipts.events import Inbound
from delivery.receipts.mail import reports
from delivery.receipts.readers.base import Read


def receive(messages: Sequence[Inbound]) -> int:
    """Store and apply what the messages report; how many reported something.

    Each is stored once. Raises what the database does.
    """
    return sum(_receive(message) for message in messages)


def _receive(message: Inbound) -> bool:
    found = reports.receipts(message.mime, received_at=message.received_at, to=message.to)
    if found:
        take.take(doors.find(message.kind, message.account), Read(receipts=found))
    return bool(found)
