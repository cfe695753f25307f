"""Every status and exception of anymail's, and every code of Amazon's, that is known."""

import json
from typing import Any

import botocore.exceptions as from_amazon
import pytest
import requests
from anymail import exceptions as from_anymail
from anymail.message import ANYMAIL_STATUSES

from delivery.errors import DeliveryError, ErrorClass
from delivery.providers.email import anymail_codes, rejections
from delivery.providers.email.anymail_codes import error_of_anymail, error_of_statuses

STATUSES = {
    "invalid": "bad_address",
    "rejected": "opted_out",
    "failed": "content_refused",
    "unknown": "unknown_outcome",
}
REJECTIONS = {
    "opted_out": (*("spam", "unsub", "custom", "spam_complaint", "unsubscribed", "blocklisted"),),
    "bad_address": ("hard-bounce", "invalid", "hard_bounced", "permanent_unavailable"),
    "unreachable": ("soft-bounce",),
    "our_account": ("invalid-sender", "test-mode-limit", "unsigned"),
    "content_refused": ("rule",),
}
REASONS = [(word, expected) for expected, words in REJECTIONS.items() for word in words]
AMAZON = {
    "AccountSuspendedException": "our_account",
    "SendingPausedException": "our_account",
    "MailFromDomainNotVerifiedException": "our_account",
    "NotFoundException": "our_account",
    "LimitExceededException": "busy",
    "TooManyRequestsException": "busy",
    "Throttling": "busy",
    "ThrottlingException": "busy",
    "MessageRejected": "content_refused",
    "ServiceUnavailable": "provider_down",
    "InternalFailure": "provider_down",
}
URL = "https://email.example"
AMAZON_RAISES: dict[str, tuple[Exception, str, str]] = {
    "ConnectTimeoutError": (
        from_amazon.ConnectTimeoutError(endpoint_url=URL),
        *("provider_down", "connect-timeout"),
    ),
    "EndpointConnectionError": (
        from_amazon.EndpointConnectionError(endpoint_url=URL),
        *("provider_down", "connect-failed"),
    ),
    "ProxyConnectionError": (
        from_amazon.ProxyConnectionError(proxy_url=URL),
        *("provider_down", "proxy"),
    ),
    "SSLError": (from_amazon.SSLError(endpoint_url=URL, error=""), "provider_down", "tls"),
    "NoCredentialsError": (
        from_amazon.NoCredentialsError(),
        *("our_account", "NoCredentialsError"),
    ),
    "PartialCredentialsError": (
        from_amazon.PartialCredentialsError(provider="env", cred_var="secret"),
        *("our_account", "PartialCredentialsError"),
    ),
    "NoRegionError": (from_amazon.NoRegionError(), "our_account", "NoRegionError"),
    "InvalidRegionError": (
        from_amazon.InvalidRegionError(region_name="nowhere"),
        *("our_account", "InvalidRegionError"),
    ),
    "ParamValidationError": (
        from_amazon.ParamValidationError(report="no subject"),
        *("content_refused", "ParamValidationError"),
    ),
    "ConnectionClosedError": (
        from_amazon.ConnectionClosedError(endpoint_url=URL),
        *("unknown_outcome", "connection-lost"),
    ),
    "ReadTimeoutError": (
        from_amazon.ReadTimeoutError(endpoint_url=URL),
        *("unknown_outcome", "timeout"),
    ),
    "ResponseStreamingError": (
        from_amazon.ResponseStreamingError(error=""),
        *("unknown_outcome", "connection-lost"),
    ),
}


def explained(error: Exception, cause: Exception | None = None) -> DeliveryError:
    error.__cause__ = cause
    found = error_of_anymail(error)
    assert found is not None
    return found


@pytest.mark.parametrize(("status", "expected"), STATUSES.items())
def test_status(status: str, expected: str) -> None:
    error = error_of_statuses({status}, "Their words.")
    assert (error.error_class.value, error.code, error.detail) == (expected, status, "Their words.")


@pytest.mark.parametrize(("word", "expected"), REASONS)
def test_a_rejection_says_why(word: str, expected: str) -> None:
    for answer in (
        [{"reject_reason": word}],
        {"warnings": [{"recipients": [{"reasons": [word]}]}]},
    ):
        error = error_of_statuses({"rejected"}, "Their words.", json.dumps(answer))
        assert (error.error_class.value, error.code) == (expected, "rejected")


@pytest.mark.parametrize("answer", ["", "{", "[]", '{"reasons": ["new", 1, null]}'])
def test_a_rejection_without_a_reason_is_a_list_of_the_services(answer: str) -> None:
    error = error_of_statuses({"rejected"}, "Their words.", answer)
    assert error.error_class is ErrorClass.OPTED_OUT


def test_what_people_said_goes_before_what_is_known_of_the_address() -> None:
    answer = json.dumps({"reasons": ["hard_bounced", "spam_complaint"]})
    error = error_of_statuses({"rejected"}, "Their words.", answer)
    assert error.error_class is ErrorClass.OPTED_OUT


def test_a_status_of_another_release_says_nothing() -> None:
    assert error_of_statuses({"new"}, "").error_class is ErrorClass.UNKNOWN_OUTCOME
    assert error_of_statuses(set(), "").error_class is ErrorClass.UNKNOWN_OUTCOME


@pytest.mark.parametrize(("code", "expected"), AMAZON.items())
def test_amazons_code(code: str, expected: str) -> None:
    response = {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": 400}}
    error = explained(from_anymail.AnymailAPIError("Their words.", response=response))
    assert (error.error_class.value, error.code) == (expected, code)


@pytest.mark.parametrize(("status", "expected"), [(403, "our_account"), (500, "provider_down")])
def test_a_code_of_amazons_that_is_not_known_goes_by_the_status(status: int, expected: str) -> None:
    response = {"Error": {"Code": "New"}, "ResponseMetadata": {"HTTPStatusCode": status}}
    error = explained(from_anymail.AnymailAPIError("Their words.", response=response))
    assert (error.error_class.value, error.code) == (expected, "New")


@pytest.mark.parametrize("name", AMAZON_RAISES)
def test_what_amazons_library_raises(name: str) -> None:
    cause, expected, code = AMAZON_RAISES[name]
    error = explained(from_anymail.AnymailAPIError("No answer."), cause)
    assert (error.error_class.value, error.code) == (expected, code)
    assert error.detail == str(cause)


def test_everything_that_is_known_has_its_case() -> None:
    assert set(STATUSES) == set(anymail_codes.BY_STATUS)
    assert set(STATUSES) | anymail_codes.ACCEPTED == set(ANYMAIL_STATUSES)
    assert sorted(word for word, _ in REASONS) == sorted(rejections.BY_WORD)
    assert set(AMAZON) == set(anymail_codes.BY_AMAZON_CODE)
    assert set(AMAZON_RAISES) == set(anymail_codes.BY_AMAZON_EXCEPTION)
    assert set(AMAZON_RAISES) >= set(anymail_codes.AMAZON_WORDS)
    for name, (cause, _, _) in AMAZON_RAISES.items():
        assert type(cause).__name__ == name


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
def test_exceptions_of_anymail(error: Exception, expected: ErrorClass) -> None:
    assert explained(error).error_class is expected


@pytest.mark.parametrize(
    ("cause", "expected", "code"),
    [
        (requests.ConnectTimeout(), ErrorClass.PROVIDER_DOWN, "connect-timeout"),
        (requests.ReadTimeout(), ErrorClass.UNKNOWN_OUTCOME, "timeout"),
    ],
)
def test_the_network_behind_anymail(cause: Any, expected: ErrorClass, code: str) -> None:
    error = explained(from_anymail.AnymailAPIError("No answer."), cause)
    assert (error.error_class, error.code) == (expected, code)
