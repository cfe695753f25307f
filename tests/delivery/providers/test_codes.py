"""Codes and exceptions of providers, and the class that each of them has."""

import socket
import ssl
from datetime import UTC, datetime, timedelta

import pytest
import requests
import urllib3
from anymail import exceptions as from_anymail

from delivery.errors import ErrorClass
from delivery.providers.email.anymail_codes import error_of_anymail, error_of_statuses
from delivery.providers.email.smtp_codes import Stage, smtp_error
from delivery.providers.http_codes import error_of_network, error_of_status, retry_after

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
POOL = urllib3.HTTPConnectionPool("127.0.0.1")


@pytest.mark.parametrize(
    ("reply", "words", "stage", "expected", "code"),
    [
        (550, "5.1.1 User unknown", Stage.RECIPIENT, ErrorClass.BAD_ADDRESS, "550 5.1.1"),
        (550, "No such user", Stage.RECIPIENT, ErrorClass.BAD_ADDRESS, "550"),
        (550, "5.7.1 Blocked", Stage.RECIPIENT, ErrorClass.CONTENT_REFUSED, "550 5.7.1"),
        (554, "5.7.1 Spam", Stage.CONTENT, ErrorClass.CONTENT_REFUSED, "554 5.7.1"),
        (552, "5.2.2 Mailbox full", Stage.RECIPIENT, ErrorClass.BUSY, "552 5.2.2"),
        (552, "5.3.4 Too big", Stage.CONTENT, ErrorClass.CONTENT_REFUSED, "552 5.3.4"),
        (450, "4.2.1 Try later", Stage.RECIPIENT, ErrorClass.BUSY, "450 4.2.1"),
        (451, "Greylisted", Stage.RECIPIENT, ErrorClass.BUSY, "451"),
        (421, "Too many connections", Stage.SENDER, ErrorClass.BUSY, "421"),
        (421, "Closing", Stage.GREETING, ErrorClass.PROVIDER_DOWN, "421"),
        (554, "No SMTP service here", Stage.GREETING, ErrorClass.OUR_ACCOUNT, "554"),
        (535, "5.7.8 Bad credentials", Stage.LOGIN, ErrorClass.OUR_ACCOUNT, "535 5.7.8"),
        (530, "5.7.0 Authenticate", Stage.SENDER, ErrorClass.OUR_ACCOUNT, "530 5.7.0"),
        (550, "5.7.26 Unauthenticated", Stage.CONTENT, ErrorClass.OUR_ACCOUNT, "550 5.7.26"),
        (553, "5.1.8 Bad sender", Stage.SENDER, ErrorClass.OUR_ACCOUNT, "553 5.1.8"),
        (556, "5.1.10 Null MX", Stage.RECIPIENT, ErrorClass.BAD_ADDRESS, "556 5.1.10"),
    ],
)
def test_smtp(reply: int, words: str, stage: Stage, expected: ErrorClass, code: str):
    error = smtp_error(reply, words.encode(), stage)
    assert (error.error_class, error.code) == (expected, code)
    assert error.detail == f"{reply} {words}"


def test_a_temporary_reply_never_suppresses():
    for subject in ("1.1", "1.2", "2.1"):
        error = smtp_error(450, f"4.{subject} later", Stage.RECIPIENT)
        assert error.error_class is ErrorClass.BUSY


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (400, ErrorClass.CONTENT_REFUSED),
        (401, ErrorClass.OUR_ACCOUNT),
        (402, ErrorClass.OUR_ACCOUNT),
        (403, ErrorClass.OUR_ACCOUNT),
        (404, ErrorClass.OUR_ACCOUNT),
        (413, ErrorClass.CONTENT_REFUSED),
        (422, ErrorClass.CONTENT_REFUSED),
        (429, ErrorClass.BUSY),
        (302, ErrorClass.OUR_ACCOUNT),
        (500, ErrorClass.PROVIDER_DOWN),
        (502, ErrorClass.PROVIDER_DOWN),
        (503, ErrorClass.PROVIDER_DOWN),
        (504, ErrorClass.UNKNOWN_OUTCOME),
        (0, ErrorClass.UNKNOWN_OUTCOME),
    ],
)
def test_http(status: int, expected: ErrorClass):
    error = error_of_status(status, "words")
    assert (error.error_class, error.code) == (expected, str(status))


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("2", 2),
        (" 120 ", 120),
        ("Fri, 20 Nov 2026 12:00:30 GMT", 30),
        ("Fri, 20 Nov 2026 11:00:00 GMT", 0),
        ("99999999999999999999", None),
        ("100000", 86400),
        ("soon", None),
        ("-1", None),
        ("²", None),
        ("", None),
        (None, None),
    ],
)
def test_retry_after(value: str | None, seconds: int | None):
    expected = None if seconds is None else timedelta(seconds=seconds)
    assert retry_after(value, NOW) == expected


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (requests.ConnectTimeout(), ErrorClass.UNREACHABLE),
        (
            requests.ConnectionError(
                urllib3.exceptions.MaxRetryError(
                    POOL, "/", urllib3.exceptions.NewConnectionError(POOL, "refused")
                )
            ),
            ErrorClass.UNREACHABLE,
        ),
        (
            requests.ConnectionError(
                urllib3.exceptions.NameResolutionError("nowhere", POOL, socket.gaierror(-2, "?"))
            ),
            ErrorClass.UNREACHABLE,
        ),
        (requests.ReadTimeout(), ErrorClass.UNKNOWN_OUTCOME),
        (
            requests.ConnectionError(
                urllib3.exceptions.ProtocolError("Connection aborted.", ConnectionResetError())
            ),
            ErrorClass.UNKNOWN_OUTCOME,
        ),
        (requests.exceptions.ChunkedEncodingError(), ErrorClass.UNKNOWN_OUTCOME),
        (requests.exceptions.SSLError(ssl.SSLError(1, "handshake")), ErrorClass.UNREACHABLE),
        (
            requests.exceptions.SSLError(
                urllib3.exceptions.MaxRetryError(
                    POOL,
                    "/",
                    urllib3.exceptions.SSLError(ssl.SSLCertVerificationError("self-signed")),
                )
            ),
            ErrorClass.OUR_ACCOUNT,
        ),
        (requests.exceptions.InvalidURL("http://"), ErrorClass.OUR_ACCOUNT),
        (urllib3.exceptions.ReadTimeoutError(POOL, "/", "late"), ErrorClass.UNKNOWN_OUTCOME),
        (ConnectionRefusedError(111, "refused"), ErrorClass.UNREACHABLE),
    ],
)
def test_network(error: Exception, expected: ErrorClass):
    found = error_of_network(error)
    assert found is not None
    assert found.error_class is expected


def test_what_is_no_network_error_is_left_alone():
    assert error_of_network(KeyError("to")) is None


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("invalid", ErrorClass.BAD_ADDRESS),
        ("rejected", ErrorClass.OPTED_OUT),
        ("failed", ErrorClass.CONTENT_REFUSED),
        ("unknown", ErrorClass.UNKNOWN_OUTCOME),
        ("new in the next release", ErrorClass.UNKNOWN_OUTCOME),
    ],
)
def test_statuses_of_anymail(status: str, expected: ErrorClass):
    assert error_of_statuses({status}, "").error_class is expected


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (from_anymail.AnymailInvalidAddress("Invalid x in `to` parsed"), ErrorClass.BAD_ADDRESS),
        (from_anymail.AnymailInvalidAddress("Invalid x in `from_email`"), ErrorClass.OUR_ACCOUNT),
        (from_anymail.AnymailUnsupportedFeature("headers"), ErrorClass.CONTENT_REFUSED),
        (from_anymail.AnymailSerializationError("date"), ErrorClass.CONTENT_REFUSED),
        (from_anymail.AnymailAPIError("no answer at all"), ErrorClass.UNKNOWN_OUTCOME),
    ],
)
def test_exceptions_of_anymail(error: Exception, expected: ErrorClass):
    found = error_of_anymail(error)
    assert found is not None
    assert found.error_class is expected


@pytest.mark.parametrize(
    ("code", "status", "expected"),
    [
        ("MessageRejected", 400, ErrorClass.CONTENT_REFUSED),
        ("AccountSuspendedException", 400, ErrorClass.OUR_ACCOUNT),
        ("TooManyRequestsException", 429, ErrorClass.BUSY),
        ("SomethingNew", 403, ErrorClass.OUR_ACCOUNT),
        ("SomethingNew", 500, ErrorClass.PROVIDER_DOWN),
    ],
)
def test_amazon(code: str, status: int, expected: ErrorClass):
    response = {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}
    found = error_of_anymail(from_anymail.AnymailAPIError("words", response=response))
    assert found is not None
    assert (found.error_class, found.code) == (expected, code)
