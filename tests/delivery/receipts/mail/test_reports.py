"""Reports that come as mail, read."""

from datetime import UTC, datetime
from email import message_from_bytes

import pytest

from delivery.errors import ErrorClass
from delivery.receipts.events import EventKind, ReceiptEvent
from delivery.receipts.mail import reports, tags
from tests.contracts.make import make_message
from tests.delivery.receipts.mail.eml import (
    ATTEMPT,
    DELIVERY,
    FOLDER,
    NOW,
    TENANT,
    eml,
    message_id,
)

# name → kind, class, code; None where nothing follows
MEANINGS: dict[str, tuple[EventKind, str, str] | None] = {
    "postfix_unknown": (EventKind.BOUNCED, ErrorClass.BAD_ADDRESS, "550 5.1.1"),
    "postfix_full": (EventKind.SOFT_BOUNCED, ErrorClass.UNREACHABLE, "552 5.2.2"),
    "postfix_expired": (EventKind.SOFT_BOUNCED, ErrorClass.UNREACHABLE, "4.4.1"),
    "postfix_spam": (EventKind.FAILED, ErrorClass.CONTENT_REFUSED, "554 5.7.1"),
    "postfix_undefined": (EventKind.BOUNCED, ErrorClass.BAD_ADDRESS, "550 5.1.1"),
    "postfix_delayed": (EventKind.DEFERRED, ErrorClass.UNREACHABLE, "452 4.2.2"),
    "postfix_delivered": (EventKind.DELIVERED, "", ""),
    "postfix_relayed": None,
    "exchange_unknown": (EventKind.BOUNCED, ErrorClass.BAD_ADDRESS, "550 5.1.10"),
    "gmail_unknown": (EventKind.BOUNCED, ErrorClass.BAD_ADDRESS, "550 5.1.1"),
    "exim_no_tag": (EventKind.BOUNCED, ErrorClass.BAD_ADDRESS, "550 5.0.0"),
    "international": (EventKind.BOUNCED, ErrorClass.BAD_ADDRESS, "550 5.1.1"),
    "feedback_abuse": (EventKind.COMPLAINED, "", ""),
    "feedback_not_spam": None,
    "qmail": None,
    "away": None,
}


def read(mime: bytes, to: str = "") -> list[ReceiptEvent]:
    return reports.receipts(mime, received_at=NOW, to=to)


def test_every_recorded_report_has_its_meaning():
    assert {path.stem for path in FOLDER.glob("*.eml")} == set(MEANINGS)


@pytest.mark.parametrize("name", MEANINGS)
def test_what_it_means(name: str):
    found = [(event.kind, event.error_class, event.code) for event in read(eml(name))]
    meaning = MEANINGS[name]
    assert found == ([meaning] if meaning else [])


@pytest.mark.parametrize("name", [each for each in MEANINGS if MEANINGS[each]])
def test_it_leads_to_the_attempt_or_at_least_to_the_delivery(name: str):
    (event,) = read(eml(name))
    expected = (None, DELIVERY, None) if name == "exim_no_tag" else (ATTEMPT, None, TENANT)
    assert (event.attempt, event.delivery, event.tenant_id) == expected
    assert event.reference == message_id()


def test_the_words_of_the_server_are_kept():
    (event,) = read(eml("postfix_unknown"))
    assert event.detail.startswith("smtp; 550 5.1.1 <ana@example.org>: Recipient address rejected")
    assert event.raw["remote-mta"] == "dns; mx.example.org"


def test_when_it_was():
    assert read(eml("gmail_unknown"))[0].occurred_at == datetime(
        2026, 11, 20, 9, 12, 45, tzinfo=UTC
    )
    undated = eml("postfix_full").replace(b"\r\nDate: ", b"\r\nX-Date: ")
    assert read(undated)[0].occurred_at == NOW


def test_the_same_report_is_the_same_event_and_another_is_another():
    first, again = read(eml("postfix_unknown"))[0], read(eml("postfix_unknown"))[0]
    other = read(eml("postfix_full"))[0]
    assert first.event_id == again.event_id != other.event_id
    assert len(first.event_id) <= 255


@pytest.mark.parametrize("place", ["to", "delivered", "return_path", "header"])
def test_the_tag_is_found_wherever_it_stands(place: str):
    tag = f"{ATTEMPT.hex}-{TENANT}"
    text = eml("postfix_unknown").decode().replace(f"+{tag}", "").replace(tag, "")
    envelope = ""
    if place == "to":
        envelope = f"bounces+{tag.upper()}@acme.example"
    elif place == "delivered":
        text = text.replace("Delivered-To: bounces", f"Delivered-To: bounces+{tag}")
    elif place == "return_path":
        text = text.replace("Return-Path: <bounces", f"Return-Path: <bounces+{tag}")
    else:
        text = text.replace("Attempt: ", f"Attempt: {tag}")
    assert read(text.encode(), envelope)[0].attempt == ATTEMPT


def test_a_report_about_somebody_elses_message_says_nothing():
    tag = f"{ATTEMPT.hex}-{TENANT}"
    text = eml("postfix_unknown").decode().replace(tag, "").replace(message_id(), "<1@other.org>")
    assert read(text.encode()) == []


def test_what_is_quoted_inside_a_message_is_no_report():
    quoted = (
        b'Content-Type: multipart/mixed; boundary="b"\r\nFrom: ana@example.org\r\n\r\n--b\r\n'
        b"Content-Type: message/rfc822\r\n\r\n" + eml("postfix_unknown") + b"\r\n--b--\r\n"
    )
    assert read(quoted) == []


@pytest.mark.parametrize("name", MEANINGS)
def test_a_report_cut_anywhere_breaks_nothing(name: str):
    mime = eml(name)
    for length in range(0, len(mime), 97):
        read(mime[:length])


@pytest.mark.parametrize(
    "mime",
    [
        b"",
        b"\xff\xfe\0\0",
        b"Content-Type: multipart/report\r\n\r\nno boundary",
        b"Content-Type: message/delivery-status\r\n\r\nAction:\r\n",
        b'Content-Type: multipart/mixed; boundary="a"\r\n\r\n'
        + b'--a\r\nContent-Type: multipart/mixed; boundary="a"\r\n\r\n' * 5000,
    ],
)
def test_odd_mail_says_nothing(mime: bytes):
    assert read(mime) == []


def test_what_a_message_carries_is_understood():
    message = make_message(attempt=ATTEMPT, tenant_id=TENANT)
    tagged = tags.Tagged(attempt=ATTEMPT, tenant_id=TENANT)
    assert tags.in_address(f"<{tags.return_path('bounces@acme.example', message)}>") == tagged
    assert tags.alone(tags.tag(message)) == tagged


def test_the_longest_address_still_fits():
    message = make_message(attempt=ATTEMPT, tenant_id=10**tags.MOST_DIGITS - 1)
    address = tags.return_path(f"{'b' * tags.LONGEST_LOCAL}@acme.example", message)
    assert len(address.partition("@")[0]) == 64


def test_the_samples_are_mail():
    for path in FOLDER.glob("*.eml"):
        assert message_from_bytes(eml(path.stem))["From"], path.name
