"""Every word of a service, and every reject reason of anymail's, and what follows from it."""

from typing import Any

import pytest
from anymail.signals import AnymailTrackingEvent, EventType, RejectReason

from delivery.errors import ErrorClass
from delivery.providers.email.esps import BY_NAME
from delivery.receipts.events import EventKind
from delivery.receipts.readers import bounces, tracking
from delivery.receipts.readers.bounces import BLOCKS_RECIPIENTS, REJECTED, SAYS, WORDS

HARD, SOFT, FAILED = EventKind.BOUNCED, EventKind.SOFT_BOUNCED, EventKind.FAILED
OPTED_OUT, REFUSED = (FAILED, "opted_out"), (FAILED, "content_refused")
# By service, with the event as far as the service's word stands in it.
SAID: dict[str, dict[EventKind, tuple[str, ...]]] = {
    "amazon_ses": {HARD: ("Permanent",), SOFT: ("Transient",)},
    "brevo": {HARD: ("hard_bounce", "invalid_email"), SOFT: ("soft_bounce",)},
    "mailersend": {HARD: ("hard_bounced",), SOFT: ("soft_bounced",)},
    "mailjet": {HARD: ("hard",), SOFT: ("soft",)},
    "mandrill": {HARD: ("hard_bounce",), SOFT: ("soft_bounce",)},
    "postmark": {HARD: ("HardBounce",), SOFT: ("SoftBounce",), FAILED: ("VirusNotification",)},
    "resend": {HARD: ("Permanent",), SOFT: ("Transient",)},
    "sendgrid": {HARD: ("bounce",), SOFT: ("expired",), FAILED: ("blocked",)},
    "sparkpost": {
        HARD: ("10", "30"),
        SOFT: ("20", "21", "22", "24", "40", "70"),
        FAILED: ("23", "25", "50", "51", "52", "53", "54"),
    },
    "unisender_go": {
        SOFT: ("err_mailbox_full", "err_unreachable"),
        FAILED: ("err_spam_rejected", "err_blacklisted", "err_too_large"),
    },
}
WORD_CASES = [
    (esp, word, kind)
    for esp, kinds in SAID.items()
    for kind, words in kinds.items()
    for word in words
]
CLASSES = {
    HARD: ErrorClass.BAD_ADDRESS,
    SOFT: ErrorClass.UNREACHABLE,
    FAILED: ErrorClass.CONTENT_REFUSED,
}
REASONS: dict[str, tuple[EventKind, str]] = {
    RejectReason.INVALID: (HARD, "bad_address"),
    RejectReason.BOUNCED: (HARD, "bad_address"),
    RejectReason.TIMED_OUT: (SOFT, "unreachable"),
    RejectReason.SPAM: OPTED_OUT,
    RejectReason.UNSUBSCRIBED: OPTED_OUT,
}
# What is not in the table is the content's or the sender's fault, as far as anybody can say.
OTHER_REASONS = (RejectReason.BLOCKED, RejectReason.OTHER, None, "of another release")
MEANINGS: dict[str, tuple[EventKind, str | None]] = {
    EventType.DELIVERED: (EventKind.DELIVERED, None),
    EventType.DEFERRED: (EventKind.DEFERRED, "unreachable"),
    EventType.COMPLAINED: (EventKind.COMPLAINED, None),
    EventType.UNSUBSCRIBED: (EventKind.OPTED_OUT, None),
}
UNKNOWN_TO_ANYMAIL: dict[tuple[str, str], tuple[EventKind, str]] = {
    ("amazon_ses", "DeliveryDelay"): (EventKind.DEFERRED, "unreachable"),
    ("resend", "email.failed"): REFUSED,
    ("resend", "email.suppressed"): OPTED_OUT,
}


def raw(esp: str, word: str) -> Any:
    """The event as the service sends it, as far as it says how the message bounced."""
    by_service: dict[str, Any] = {
        "amazon_ses": {"bounce": {"bounceType": word}},
        "brevo": {"event": word},
        "mailersend": {"data": {"type": word}},
        "mailjet": {"hard_bounce": word == "hard"},
        "mandrill": {"event": word},
        "postmark": {"Type": word},
        "resend": {"data": {"bounce": {"type": word}}},
        "sendgrid": {"type": word},
        "sparkpost": {"msys": {"message_event": {"bounce_class": word}}},
        "unisender_go": {"delivery_info": {"delivery_status": word}},
    }
    return by_service[esp]


def tracked(event_type: str, given: Any = None, reason: str | None = None) -> AnymailTrackingEvent:
    return AnymailTrackingEvent(event_type=event_type, esp_event=given, reject_reason=reason)


@pytest.mark.parametrize(("esp", "word", "kind"), WORD_CASES)
def test_what_the_service_calls_it(esp: str, word: str, kind: EventKind):
    meaning = bounces.bounced(esp, tracked("bounced", raw(esp, word)))
    assert (meaning.kind, meaning.error_class) == (kind, CLASSES[kind])


def test_every_word_has_its_case():
    assert {word for _, word, _ in WORD_CASES} == set(WORDS)
    assert set(SAID) == set(SAYS) <= set(BY_NAME)


@pytest.mark.parametrize(("reason", "expected"), REASONS.items())
@pytest.mark.parametrize("esp", ["mailgun", *sorted(BLOCKS_RECIPIENTS)])
def test_why_the_service_did_not_try(esp: str, reason: str, expected: tuple[EventKind, str]):
    meaning = bounces.rejected(esp, tracked("rejected", reason=reason))
    assert (meaning.kind, meaning.error_class) == expected


@pytest.mark.parametrize("reason", OTHER_REASONS)
def test_another_reason_says_nothing_of_the_recipient(reason: str | None):
    meaning = bounces.rejected("mailgun", tracked("rejected", reason=reason))
    assert (meaning.kind, meaning.error_class) == REFUSED


@pytest.mark.parametrize("esp", ["brevo", "mailjet", "postmark"])
def test_whom_a_service_blocks_is_on_its_list(esp: str):
    meaning = bounces.rejected(esp, tracked("rejected", reason=RejectReason.BLOCKED))
    assert (meaning.kind, meaning.error_class) == OPTED_OUT


def test_every_reason_of_anymails_has_its_case():
    assert set(REASONS) == set(REJECTED)
    named = {value for name, value in vars(RejectReason).items() if name.isupper()}
    assert set(REASONS) | set(OTHER_REASONS) >= named
    assert {"brevo", "mailjet", "postmark"} == BLOCKS_RECIPIENTS


@pytest.mark.parametrize(("event_type", "expected"), MEANINGS.items())
def test_what_anymail_calls_it(event_type: str, expected: tuple[EventKind, str | None]):
    receipt = tracking.receipt("mailgun", tracked(event_type, {}))
    assert receipt is not None
    assert (receipt.kind, receipt.error_class or None) == expected


@pytest.mark.parametrize(("told", "expected"), UNKNOWN_TO_ANYMAIL.items())
def test_what_anymail_does_not_know(told: tuple[str, str], expected: tuple[EventKind, str]):
    esp, word = told
    receipt = tracking.receipt(esp, tracked("unknown", {"type": word}))
    assert receipt is not None
    assert (receipt.kind, receipt.error_class) == expected


def test_every_event_has_its_case():
    assert set(MEANINGS) == set(tracking.MEANINGS)
    assert set(UNKNOWN_TO_ANYMAIL) == set(tracking.UNKNOWN_TO_ANYMAIL)
