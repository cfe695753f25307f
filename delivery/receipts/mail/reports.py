"""Mail that tells what became of other mail, as receipts. Pure.

What is no report in one of the two forms that are standards (RFC 3464 and RFC 5965) is not guessed
at: answers of people and of their absence, and bounces in a server's own words, say nothing.
"""

from datetime import datetime
from email import message_from_bytes
from email.message import Message
from hashlib import sha256

from delivery.receipts.events import ReceiptEvent
from delivery.receipts.mail import dsn, feedback
from delivery.receipts.mail.parts import Envelope, fields_of, moment

LARGEST = 1024 * 1024  # bytes that are read; the status stands before what is returned
WHOM = ("to", "delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "x-rcpt-to")


def receipts(mime: bytes, *, received_at: datetime, to: str = "") -> list[ReceiptEvent]:
    """What the mail tells; nothing where it is no report, or not about a message of ours.

    `to` is the envelope's recipient, where it is known. Never raises, whatever the mail is.
    """
    try:
        mail = message_from_bytes(mime[:LARGEST])
        envelope = _envelope(mail, mime, received_at, to)
        for form in (dsn, feedback):
            if form.is_one(mail):
                return form.receipts(mail, envelope)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return []  # anybody may send such a mail
    return []


def _envelope(mail: Message, mime: bytes, received_at: datetime, to: str) -> Envelope:
    fields = fields_of(mail)
    named = [to, *(str(value) for name in WHOM for value in mail.get_all(name, []))]
    return Envelope(
        key=fields.get("message-id") or sha256(mime).hexdigest(),
        to=" ".join(named),
        date=moment(fields.get("date", "")) or received_at,
    )
