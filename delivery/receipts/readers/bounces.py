"""What it means that a message bounced, was rejected or failed: whose fault, and for good or not.

Services say so in fields of their own, which anymail leaves in the raw event. Sources, as of 2026:
Amazon SES "Bounce types", Brevo "Transactional webhooks", Mailjet "Event API: bounce", MailerSend
"Activity", Mandrill "Message event webhook format", Postmark "Bounce types", Resend "Email
bounces", SendGrid "Event webhook reference: bounce", SparkPost "Bounce classification codes",
Unisender Go "delivery_status".
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from anymail.signals import AnymailTrackingEvent, RejectReason

from delivery.errors import ErrorClass
from delivery.providers.email.smtp_codes import classify
from delivery.receipts.events import EventKind

# As in `550 5.1.1 …`, `smtp; 550-5.1.1 …`, `421 …`; an IP address is no status.
REPLY = re.compile(r"(?<![\w.])[45]\d\d(?=[ \-])")
ENHANCED = re.compile(r"(?<![\w.])[45]\.\d{1,3}\.\d{1,3}(?![\w.]*\d)")
# Of the system, the content or a policy (RFC 3463), whatever a service calls the bounce.
NOT_OF_MAILBOX = re.compile(r"\b5\.[367]\.")


class Word(StrEnum):
    """What a service calls a bounce."""

    HARD = "hard"
    SOFT = "soft"
    BLOCKED = "blocked"  # for what was in it or who sent it


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """What follows from an event."""

    kind: EventKind
    error_class: ErrorClass | None = None
    code: str = ""


def _amazon(raw: Mapping[str, Any]) -> str:
    return str((raw.get("bounce") or {}).get("bounceType", ""))


def _mailersend(raw: Mapping[str, Any]) -> str:
    return str((raw.get("data") or {}).get("type", ""))


def _mailjet(raw: Mapping[str, Any]) -> str:
    return "hard" if raw.get("hard_bounce") else "soft"


def _resend(raw: Mapping[str, Any]) -> str:
    return str(((raw.get("data") or {}).get("bounce") or {}).get("type", ""))


def _sparkpost(raw: Mapping[str, Any]) -> str:
    inner: Mapping[str, Any] = next(iter((raw.get("msys") or {}).values()), {})
    return str(inner.get("bounce_class", ""))


def _unisender(raw: Mapping[str, Any]) -> str:
    return str((raw.get("delivery_info") or {}).get("delivery_status", ""))


def _field(name: str) -> Callable[[Mapping[str, Any]], str]:
    return lambda raw: str(raw.get(name, ""))


# Where each service says how it bounced; one that is not here has only SMTP's own words.
SAYS: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "amazon_ses": _amazon,
    "brevo": _field("event"),
    "mailersend": _mailersend,
    "mailjet": _mailjet,
    "mandrill": _field("event"),
    "postmark": _field("Type"),
    "resend": _resend,
    "sendgrid": _field("type"),
    "sparkpost": _sparkpost,
    "unisender_go": _unisender,
}
WORDS: dict[str, Word] = {
    "Permanent": Word.HARD,  # Amazon SES, Resend
    "Transient": Word.SOFT,
    "hard_bounce": Word.HARD,  # Brevo, Mandrill
    "soft_bounce": Word.SOFT,
    "invalid_email": Word.HARD,
    "hard_bounced": Word.HARD,  # MailerSend
    "soft_bounced": Word.SOFT,
    "hard": Word.HARD,  # Mailjet
    "soft": Word.SOFT,
    "HardBounce": Word.HARD,  # Postmark
    "SoftBounce": Word.SOFT,
    "VirusNotification": Word.BLOCKED,
    "bounce": Word.HARD,  # SendGrid
    "blocked": Word.BLOCKED,
    "expired": Word.SOFT,
    "10": Word.HARD,  # SparkPost: invalid recipient
    "20": Word.SOFT,
    "21": Word.SOFT,  # DNS failure
    "22": Word.SOFT,  # mailbox full
    "23": Word.BLOCKED,  # too large
    "24": Word.SOFT,  # time-out
    "25": Word.BLOCKED,  # SparkPost's policy
    "30": Word.HARD,  # no such recipient
    "40": Word.SOFT,
    "50": Word.BLOCKED,
    "51": Word.BLOCKED,
    "52": Word.BLOCKED,
    "53": Word.BLOCKED,
    "54": Word.BLOCKED,
    "70": Word.SOFT,
    "err_mailbox_full": Word.SOFT,  # Unisender Go
    "err_unreachable": Word.SOFT,
    "err_spam_rejected": Word.BLOCKED,
    "err_blacklisted": Word.BLOCKED,
    "err_too_large": Word.BLOCKED,
}
OPTED_OUT = Meaning(kind=EventKind.FAILED, error_class=ErrorClass.OPTED_OUT)
# Why a service did not even try; anymail's RejectReason.
REJECTED: dict[str, Meaning] = {
    RejectReason.INVALID: Meaning(kind=EventKind.BOUNCED, error_class=ErrorClass.BAD_ADDRESS),
    RejectReason.BOUNCED: Meaning(kind=EventKind.BOUNCED, error_class=ErrorClass.BAD_ADDRESS),
    RejectReason.TIMED_OUT: Meaning(
        kind=EventKind.SOFT_BOUNCED, error_class=ErrorClass.UNREACHABLE
    ),
    RejectReason.SPAM: OPTED_OUT,
    RejectReason.UNSUBSCRIBED: OPTED_OUT,
}
# Whose `blocked` is a list of recipients that are sent nothing; elsewhere it is the content.
BLOCKS_RECIPIENTS = frozenset({"brevo", "mailjet", "postmark"})
REFUSED = Meaning(kind=EventKind.FAILED, error_class=ErrorClass.CONTENT_REFUSED)
# A hard bounce for one of these says nothing against the address.
NOT_THE_ADDRESS = frozenset({ErrorClass.CONTENT_REFUSED, ErrorClass.OUR_ACCOUNT})
PASSES = frozenset({ErrorClass.BUSY, ErrorClass.UNREACHABLE, ErrorClass.PROVIDER_DOWN})


def bounced(esp: str, event: AnymailTrackingEvent) -> Meaning:
    """What a bounce means: the service's own word first, then the code of the receiving server."""
    word = _word(esp, event.esp_event)
    known, code = _by_code(event.mta_response)
    if word is Word.BLOCKED:
        return Meaning(
            kind=EventKind.FAILED,
            error_class=known if known in NOT_THE_ADDRESS else ErrorClass.CONTENT_REFUSED,
            code=code,
        )
    if word is Word.SOFT or (word is None and known in PASSES):
        return Meaning(
            kind=EventKind.SOFT_BOUNCED,
            error_class=known if known in PASSES else ErrorClass.UNREACHABLE,
            code=code,
        )
    if known in NOT_THE_ADDRESS and (word is None or NOT_OF_MAILBOX.search(code)):
        return Meaning(kind=EventKind.FAILED, error_class=known, code=code)
    return Meaning(kind=EventKind.BOUNCED, error_class=ErrorClass.BAD_ADDRESS, code=code)


def rejected(esp: str, event: AnymailTrackingEvent) -> Meaning:
    """What it means that the service did not try."""
    if event.reject_reason == RejectReason.BLOCKED and esp in BLOCKS_RECIPIENTS:
        return OPTED_OUT
    return REJECTED.get(event.reject_reason or "", REFUSED)


def failed(event: AnymailTrackingEvent) -> Meaning:
    """What it means that the service could not: the receiving server's code, if it named one."""
    known, code = _by_code(event.mta_response)
    if known is ErrorClass.BAD_ADDRESS:
        return Meaning(kind=EventKind.BOUNCED, error_class=known, code=code)
    return Meaning(
        kind=EventKind.FAILED, error_class=known or ErrorClass.CONTENT_REFUSED, code=code
    )


def _word(esp: str, raw: Any) -> Word | None:
    if esp not in SAYS or not isinstance(raw, Mapping):
        return None
    return WORDS.get(SAYS[esp](raw))


def _by_code(response: Any) -> tuple[ErrorClass | None, str]:
    """The class and code of a receiving server's reply; nothing where it is none."""
    text = str(response or "")
    reply, enhanced = REPLY.search(text), ENHANCED.search(text)
    if not reply and not enhanced:
        return None, ""
    code = " ".join(found[0] for found in (reply, enhanced) if found)
    number = int(reply[0]) if reply else None
    return classify(number, enhanced[0] if enhanced else "", text), code
