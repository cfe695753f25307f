"""Every HTTP status that is known, the class that it has, and the pause that is asked for."""

from datetime import UTC, datetime, timedelta

import pytest
import requests
import urllib3

from delivery.errors import ErrorClass
from delivery.providers import http_codes
from delivery.providers.http_codes import error_of_network, error_of_status, retry_after

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
EXPECTED = {
    "busy": (408, 409, 421, 423, 425, 429),
    "provider_down": (500, 502, 503, 507, 521, 522, 523, 525, 526, 530),
    "our_account": (401, 402, 403, 404, 405, 407, 410, 426, 501, 511),
    "content_refused": (400, 413, 415, 422, 451),
    "unknown_outcome": (504, 520, 524),
}
CASES = [(status, word) for word, statuses in EXPECTED.items() for status in statuses]
HUNDREDS = {3: "our_account", 4: "content_refused", 5: "provider_down"}


@pytest.mark.parametrize(("status", "expected"), CASES)
def test_status(status: int, expected: str) -> None:
    error = error_of_status(status, "Their words.", retry_after=timedelta(seconds=2))
    assert (error.error_class.value, error.code) == (expected, str(status))
    assert (error.detail, error.retry_after) == ("Their words.", timedelta(seconds=2))


@pytest.mark.parametrize(("hundred", "expected"), HUNDREDS.items())
def test_a_status_that_is_not_known_goes_by_its_hundred(hundred: int, expected: str) -> None:
    assert error_of_status(hundred * 100 + 99, "").error_class.value == expected


@pytest.mark.parametrize("status", [0, 101, 204, 999])
def test_what_is_no_answer_at_all_says_nothing(status: int) -> None:
    assert error_of_status(status, "").error_class is ErrorClass.UNKNOWN_OUTCOME


def test_every_status_has_its_case() -> None:
    assert sorted(status for status, _ in CASES) == sorted(http_codes.BY_STATUS)
    assert set(HUNDREDS) == set(http_codes.BY_HUNDRED)


def test_a_code_of_the_providers_own_is_kept() -> None:
    assert error_of_status(400, "", code="quota").code == "quota"


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("2", 2),
        (" 120 ", 120),
        ("Fri, 20 Nov 2026 12:00:30 GMT", 30),
        ("Friday, 20-Nov-26 12:00:30 GMT", 30),
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
def test_retry_after(value: str | None, seconds: int | None) -> None:
    expected = None if seconds is None else timedelta(seconds=seconds)
    assert retry_after(value, NOW) == expected


@pytest.mark.parametrize(
    "error",
    [
        requests.exceptions.InvalidURL("http://"),
        requests.exceptions.InvalidSchema("gopher://"),
        requests.exceptions.MissingSchema("mail"),
        requests.exceptions.InvalidHeader("a\nb"),
        urllib3.exceptions.LocationValueError("no host"),
    ],
)
def test_what_cannot_be_sent_is_the_accounts_fault(error: Exception) -> None:
    found = error_of_network(error)
    assert found is not None
    assert found.error_class is ErrorClass.OUR_ACCOUNT


def test_what_is_no_network_error_is_left_alone() -> None:
    assert error_of_network(KeyError("to")) is None
