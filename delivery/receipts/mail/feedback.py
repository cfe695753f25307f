"""Feedback-loop reports (RFC 5965, ARF): what people reported as unwanted, as receipts. Pure."""

from email.message import Message
from hashlib import sha256

from delivery.receipts.events import EventKind, ReceiptEvent
from delivery.receipts.mail.original import Original, original
from delivery.receipts.mail.parts import Envelope, Fields, blocks_of, leaves, moment, returned

REPORT = "message/feedback-report"
# The registry "Feedback Report Type Values" of the IANA; of the rest nothing follows: it tells of
# how messages were checked, or takes a complaint back.
KINDS: dict[str, EventKind] = {
    "abuse": EventKind.COMPLAINED,
    "fraud": EventKind.COMPLAINED,
    "opt-out": EventKind.OPTED_OUT,  # of the drafts, and still sent
    "opt-out-list": EventKind.OPTED_OUT,
}
ABOUT = ("original-mail-from", "original-envelope-id")


def receipts(mail: Message, envelope: Envelope) -> list[ReceiptEvent]:
    """The complaint; none where it is not about a message of ours, or nothing follows from it."""
    report = _report(mail)
    kind = KINDS.get(report.get("feedback-type", "").lower())
    addresses = " ".join([envelope.to, *(report.get(name, "") for name in ABOUT)])
    found = original(addresses, returned(mail))
    if kind is None or found is None:
        return []
    return [
        ReceiptEvent(
            event_id=_event_id(found, envelope, kind),
            kind=kind,
            occurred_at=moment(report.get("arrival-date", "")) or envelope.date,
            delivery=found.delivery,
            attempt=found.attempt,
            tenant_id=found.tenant_id,
            reference=found.reference,
            detail=_words(report),
            raw=report,
        )
    ]


def _event_id(found: Original, envelope: Envelope, kind: EventKind) -> str:
    parts = (envelope.key, found.attempt or found.delivery, kind)
    return sha256("\0".join(map(str, parts)).encode()).hexdigest()


def is_one(mail: Message) -> bool:
    """Whether the mail is such a report."""
    return any(part.get_content_type() == REPORT for part in leaves(mail))


def _report(mail: Message) -> Fields:
    parts = (part for part in leaves(mail) if part.get_content_type() == REPORT)
    return {
        name: value for part in parts for block in blocks_of(part) for name, value in block.items()
    }


def _words(report: Fields) -> str:
    by = report.get("user-agent", "a feedback loop")
    return f"Reported as {report['feedback-type']} by {by}."
