"""The smaller tables of what providers say: a case for each row, and none forgotten."""

import smtplib

import pytest
import requests.exceptions as from_requests
import urllib3.exceptions as from_urllib3
from twilio.rest.api.v2010.account.message import MessageInstance

from delivery.errors import DeliveryError, ErrorClass
from delivery.providers import http_codes
from delivery.providers.email import smtp, smtp_codes
from delivery.providers.email.smtp_codes import Stage, classify
from delivery.providers.http_gateway import answer
from delivery.providers.twilio.codes import DELIVERED, TAKEN
from delivery.receipts.events import EventKind
from delivery.receipts.mail import feedback, reports
from delivery.receipts.readers.twilio import LOST
from tests.delivery.receipts.mail.eml import NOW, eml

# --- a connection to a mail server that could not be had
CONNECTING: list[tuple[Exception, str]] = [
    (smtplib.SMTPAuthenticationError(535, b"5.7.8 Wrong"), "our_account"),
    (smtplib.SMTPConnectError(421, b"4.3.2 Not now"), "provider_down"),
    (smtplib.SMTPHeloError(550, b"5.7.1 Not you"), "our_account"),
    (smtplib.SMTPNotSupportedError("no STARTTLS"), "our_account"),
    (smtplib.SMTPServerDisconnected("gone"), "provider_down"),
    (smtplib.SMTPException("no common way to log in"), "our_account"),
    (ConnectionRefusedError(111, "refused"), "provider_down"),
]


@pytest.mark.parametrize(("error", "expected"), CONNECTING)
def test_why_a_mail_server_could_not_be_talked_to(error: Exception, expected: str) -> None:
    explain = next(explain for kind, explain in smtp.EXPLANATIONS if isinstance(error, kind))
    assert explain(error).error_class.value == expected


def test_every_such_exception_has_its_case() -> None:
    met = {
        next(kind for kind, _ in smtp.EXPLANATIONS if isinstance(error, kind))
        for error, _ in CONNECTING
    }
    assert met == {kind for kind, _ in smtp.EXPLANATIONS}


# --- before RCPT, what a server says is not about the recipient
OF_CLIENT = {
    "5.1.1": (ErrorClass.BAD_ADDRESS, ErrorClass.OUR_ACCOUNT),
    "4.2.2": (ErrorClass.UNREACHABLE, ErrorClass.BUSY),
}


@pytest.mark.parametrize(("status", "classes"), OF_CLIENT.items())
def test_before_a_recipient_was_named(status: str, classes: tuple[ErrorClass, ErrorClass]) -> None:
    assert classify(None, status, stage=Stage.RECIPIENT) is classes[0]
    assert classify(None, status, stage=Stage.SENDER) is classes[1]


def test_every_class_of_a_recipients_has_its_case() -> None:
    assert dict(OF_CLIENT.values()) == smtp_codes.OF_CLIENT


# --- HTTP
NOT_SENDABLE: list[Exception] = [
    from_requests.InvalidURL("http://"),
    from_requests.InvalidSchema("gopher://"),
    from_requests.MissingSchema("mail"),
    from_requests.InvalidHeader("a\nb"),
    from_urllib3.LocationValueError("no host"),
]


def test_every_exception_of_a_request_that_cannot_be_made_has_its_case() -> None:
    found = [http_codes.error_of_network(error) for error in NOT_SENDABLE]
    assert {each.error_class for each in found if each} == {ErrorClass.OUR_ACCOUNT}
    assert {type(error) for error in NOT_SENDABLE} == set(http_codes.NOT_SENDABLE)


@pytest.mark.parametrize("word", answer.OFFERED)
def test_a_gateways_rules_may_name_each_class_that_a_provider_can_mean(word: ErrorClass) -> None:
    told = answer.Reading.of({"errors": f"418 {word.value}"}).outcome(418, {}, b"No.")
    assert isinstance(told, DeliveryError)
    assert (told.error_class, told.code, told.detail) == (word, "418", "No.")


def test_a_gateway_means_no_class_that_is_signalbus_own() -> None:
    own = {ErrorClass.RENDERING, ErrorClass.EXPIRED, ErrorClass.CRASHED}
    assert set(answer.OFFERED) == set(ErrorClass) - own


# --- Twilio's statuses
COMING_IN = {"receiving", "received"}


def test_every_status_of_twilios_is_known() -> None:
    statuses = {value for name, value in vars(MessageInstance.Status).items() if name.isupper()}
    assert statuses == TAKEN | LOST | COMING_IN
    assert DELIVERED <= TAKEN
    assert not TAKEN & LOST


# --- feedback loops
REPORTS = {
    "abuse": EventKind.COMPLAINED,
    "fraud": EventKind.COMPLAINED,
    "opt-out": EventKind.OPTED_OUT,
    "opt-out-list": EventKind.OPTED_OUT,
}
SAY_NOTHING = ("not-spam", "auth-failure", "virus", "other")


@pytest.mark.parametrize(
    ("kind", "expected"), [*REPORTS.items(), *[(kind, None) for kind in SAY_NOTHING]]
)
def test_what_a_feedback_report_means(kind: str, expected: EventKind | None) -> None:
    mime = eml("feedback_abuse").replace(b"Feedback-Type: abuse", f"Feedback-Type: {kind}".encode())
    found = reports.receipts(mime, received_at=NOW, to="")
    assert [each.kind for each in found] == ([expected] if expected else [])


def test_every_kind_of_report_has_its_case() -> None:
    assert set(REPORTS) == set(feedback.KINDS)
