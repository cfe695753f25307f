"""What a bounce means: the service's word, then the code of the receiving server."""

from typing import Any

import pytest
from anymail.signals import AnymailTrackingEvent

from delivery.errors import ErrorClass
from delivery.receipts.events import EventKind
from delivery.receipts.readers.bounces import SAYS, bounced, failed
from delivery.receipts.readers.tracking import receipt

HARD, SOFT, FAILED = EventKind.BOUNCED, EventKind.SOFT_BOUNCED, EventKind.FAILED


def tracked(raw: Any, response: str | None, event_type: str = "bounced") -> AnymailTrackingEvent:
    return AnymailTrackingEvent(event_type=event_type, esp_event=raw, mta_response=response)


@pytest.mark.parametrize(
    ("response", "kind", "error_class", "code"),
    [
        ("550 5.1.1 No such user", HARD, ErrorClass.BAD_ADDRESS, "550 5.1.1"),
        ("smtp; 550-5.1.1 gone", HARD, ErrorClass.BAD_ADDRESS, "550 5.1.1"),
        ("5.1.1 unknown", HARD, ErrorClass.BAD_ADDRESS, "5.1.1"),
        ("552 5.2.2 Over quota", SOFT, ErrorClass.UNREACHABLE, "552 5.2.2"),
        ("421 4.7.0 [192.0.2.1] try later", SOFT, ErrorClass.BUSY, "421 4.7.0"),
        ("554 5.7.1 spam", FAILED, ErrorClass.CONTENT_REFUSED, "554 5.7.1"),
        ("host 5.9.100.2 said: 550 no such user", HARD, ErrorClass.BAD_ADDRESS, "550"),
        ("no words", HARD, ErrorClass.BAD_ADDRESS, ""),
        (None, HARD, ErrorClass.BAD_ADDRESS, ""),
    ],
)
def test_without_a_word_of_the_service_the_code_decides(
    response: str | None, kind: EventKind, error_class: ErrorClass, code: str
):
    meaning = bounced("mailgun", tracked({}, response))
    assert (meaning.kind, meaning.error_class, meaning.code) == (kind, error_class, code)


@pytest.mark.parametrize(
    ("response", "kind"),
    [
        ("550 5.5.0 Requested action not taken: mailbox unavailable", HARD),
        ("550 5.7.1 blocked by a policy", FAILED),
        ("552 5.3.4 too big", FAILED),
    ],
)
def test_a_hard_bounce_speaks_of_the_address_unless_its_code_does_not(
    response: str, kind: EventKind
):
    assert bounced("brevo", tracked({"event": "hard_bounce"}, response)).kind == kind


def test_a_soft_bounce_stays_one_whatever_the_code():
    meaning = bounced("brevo", tracked({"event": "soft_bounce"}, "550 5.1.1 No such user"))
    assert (meaning.kind, meaning.error_class) == (SOFT, ErrorClass.UNREACHABLE)


@pytest.mark.parametrize("esp", [*SAYS, "mailgun"])
@pytest.mark.parametrize("raw", [{}, None, [], {"data": None, "msys": None, "bounce": None}])
def test_odd_events_are_read_too(esp: str, raw: Any):
    assert bounced(esp, tracked(raw, None)).kind in (HARD, SOFT)


def test_a_failure_may_be_the_address():
    assert failed(tracked({}, "550 5.1.1 No such user")).kind == HARD
    assert failed(tracked({}, None)).error_class == ErrorClass.CONTENT_REFUSED


def test_without_an_id_of_the_service_what_stays_the_same_tells_it_apart():
    first = tracked({"a": 1}, None, "delivered")
    assert receipt("brevo", first) is not None
    ids = {
        receipt("brevo", tracked({"a": number}, None, "delivered")).event_id  # type: ignore[union-attr]
        for number in (1, 1, 2)
    }
    assert len(ids) == 2
