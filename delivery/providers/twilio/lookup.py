"""Asking Twilio what became of a message whose outcome is unknown.

Its list of messages is the only place to look: there is no idempotency key. A message is ours if
it went to the same number from the same sender with the same text, about when the call was made,
and is not known to be another's: the same text may go to a number twice.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from delivery.errors import DeliveryError, ErrorClass
from delivery.providers.base import Accepted, Message, Outcome
from delivery.providers.twilio.codes import BY_CODE, DELIVERED, TAKEN
from delivery.receipts.events import EventKind, ReceiptEvent

MOST_LOOKED_AT = 200  # messages to one number from one sender, the newest first
BEFORE = timedelta(seconds=30)  # how far the clocks may differ
AFTER = timedelta(minutes=5)  # how long a request may be under way
# What Twilio puts in front of what trial accounts send.
TRIAL = "Sent from your Twilio trial account - "


def look_up(messages: Any, message: Message, sender: Mapping[str, str]) -> Outcome | None:
    """What became of it; None where Twilio knows no such message (yet)."""
    asked = {"from_": sender["from_"]} if "from_" in sender else {}
    service = sender.get("messaging_service_sid")
    for record in _around(messages.stream(to=message.to, limit=MOST_LOOKED_AT, **asked), message):
        same_service = service is None or record.messaging_service_sid == service
        free = record.sid not in message.taken
        if same_service and free and _same_text(record.body, message.text):
            return _outcome(record, message)
    return None


def _around(records: Iterable[Any], message: Message) -> Iterable[Any]:
    """Those made about when the call was; the list comes newest first, so it ends early."""
    began = message.began
    for record in records:
        made = record.date_created
        if made is None or made > began + AFTER:
            continue
        if made < began - BEFORE:
            return
        yield record


def _same_text(theirs: str | None, ours: str) -> bool:
    """Trial accounts get a sentence put in front, and blanks at the ends may go."""
    found, wanted = str(theirs or "").strip(), ours.strip()
    return bool(found) and wanted in (found, found.removeprefix(TRIAL).strip())


def _outcome(record: Any, message: Message) -> Outcome:
    if record.status in TAKEN:
        return Accepted(reference=record.sid, receipts=_receipts(record, message))
    code = int(record.error_code or 0)
    return DeliveryError(
        error_class=BY_CODE.get(code, ErrorClass.CONTENT_REFUSED),
        code=str(code or record.status),
        detail=record.error_message or f"Twilio has the message as {record.status}.",
    )


def _receipts(record: Any, message: Message) -> tuple[ReceiptEvent, ...]:
    if record.status not in DELIVERED:
        return ()
    return (
        ReceiptEvent(
            event_id=f"{record.sid}:{record.status}",
            kind=EventKind.DELIVERED,
            delivery=message.delivery,
            attempt=message.attempt,
            reference=record.sid,
            occurred_at=record.date_updated or datetime.now(UTC),
        ),
    )
