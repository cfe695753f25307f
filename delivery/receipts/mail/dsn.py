"""Delivery status notifications (RFC 3464) as receipts. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from hashlib import sha256

from delivery.errors import ErrorClass
from delivery.providers.email.smtp_codes import classify
from delivery.receipts.events import EventKind, ReceiptEvent
from delivery.receipts.mail.original import Original, original
from delivery.receipts.mail.parts import Envelope, Fields, blocks_of, leaves, moment, returned

STATUS_PARTS = frozenset({"message/delivery-status", "message/global-delivery-status"})
REPLY = re.compile(r"(?<![\w.])[45]\d\d(?=[ \-]|$)")
ENHANCED = re.compile(r"(?<![\w.])[45]\.\d{1,3}\.\d{1,3}(?![\w.]*\d)")
SAYS_NOTHING = re.compile(r"[45]\.0\.0")  # "other undefined status"

# RFC 3464, section 2.3.3. `relayed` and `expanded` say nothing of whether it arrived.
FAILED, DELAYED, DELIVERED = "failed", "delayed", "delivered"
PASSES = frozenset({ErrorClass.BUSY, ErrorClass.UNREACHABLE, ErrorClass.PROVIDER_DOWN})


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What the status of one recipient means."""

    kind: EventKind
    error_class: str = ""
    code: str = ""


def receipts(mail: Message, envelope: Envelope) -> list[ReceiptEvent]:
    """One for each recipient whose status says something; none where it is not about a message of
    ours.
    """
    found = original(envelope.to, returned(mail))
    if found is None:
        return []
    return [
        _receipt(found, envelope, place, block, verdict)
        for place, block in enumerate(_recipients(mail))
        if (verdict := _verdict(block))
    ]


def is_one(mail: Message) -> bool:
    """Whether the mail is a notification, whatever it calls itself as a whole."""
    return any(part.get_content_type() in STATUS_PARTS for part in leaves(mail))


def _recipients(mail: Message) -> Iterator[Fields]:
    for part in leaves(mail):
        if part.get_content_type() in STATUS_PARTS:
            yield from (block for block in blocks_of(part) if "action" in block)


def _verdict(block: Fields) -> Verdict | None:
    action = block["action"].split()[0].lower() if block["action"] else ""
    if action == DELIVERED:
        return Verdict(kind=EventKind.DELIVERED)
    error_class, code = _class_and_code(block)
    if error_class is None or action not in (FAILED, DELAYED):
        return None
    kind = EventKind.DEFERRED if action == DELAYED else _kind(error_class)
    return Verdict(kind=kind, error_class=error_class, code=code)


def _kind(error_class: ErrorClass) -> EventKind:
    if error_class is ErrorClass.BAD_ADDRESS:
        return EventKind.BOUNCED
    return EventKind.SOFT_BOUNCED if error_class in PASSES else EventKind.FAILED


def _class_and_code(block: Fields) -> tuple[ErrorClass | None, str]:
    """By the receiving server's reply and the status; nothing where there is neither."""
    words = block.get("diagnostic-code", "").partition(";")[2].strip()
    reply, said = REPLY.search(words), ENHANCED.search(words)
    given = ENHANCED.search(block.get("status", ""))
    status = said if said and (not given or SAYS_NOTHING.fullmatch(given[0])) else given
    if not reply and not status:
        return None, ""
    code = " ".join(found[0] for found in (reply, status) if found)
    return classify(int(reply[0]) if reply else None, status[0] if status else "", words), code


def _receipt(
    found: Original, envelope: Envelope, place: int, block: Fields, verdict: Verdict
) -> ReceiptEvent:
    return ReceiptEvent(
        event_id=_event_id(found, envelope, place, block),
        kind=verdict.kind,
        occurred_at=moment(block.get("last-attempt-date", "")) or envelope.date,
        delivery=found.delivery,
        attempt=found.attempt,
        tenant_id=found.tenant_id,
        reference=found.reference,
        error_class=verdict.error_class,
        code=verdict.code,
        detail=block.get("diagnostic-code", "") if verdict.error_class else "",
        raw=block,
    )


def _event_id(found: Original, envelope: Envelope, place: int, block: Fields) -> str:
    parts = (envelope.key, found.attempt or found.delivery, place, block["action"].lower())
    return sha256("\0".join(map(str, parts)).encode()).hexdigest()
