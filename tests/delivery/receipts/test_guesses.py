"""Calls of hooks that prove nothing are slowed for each client address."""

from ipaddress import ip_network
from itertools import count
from typing import Any
from uuid import uuid4

import pytest

from tests.delivery.receipts.calls import Call, event, post, spoilt
from tests.delivery.receipts.sent import Sent, make_hooked

DELIVERY = event("postmark", "delivery")
_numbers = count(1)


@pytest.fixture
def address(settings: Any) -> str:
    """An address that no other test comes from, through a proxy that is trusted."""
    settings.TRUSTED_PROXIES = (ip_network("127.0.0.1"),)
    settings.LIMITS = {"wrong_keys_per_minute": 3, "keyless_requests_per_minute": 4}
    return f"192.0.2.{next(_numbers)}"


@pytest.fixture
def sent(acme: Any) -> Sent:
    return Sent(acme, make_hooked(acme, "postmark"))


def from_(address: str, call: Call) -> Call:
    return call.but(X_Forwarded_For=address)


def wrong(sent: Sent) -> Call:
    return spoilt("postmark", sent.call(DELIVERY), missing=False)


def guess(sent: Sent, address: str, times: int) -> list[int]:
    call = from_(address, wrong(sent))
    return [post("postmark", sent.account.id, call).status for _ in range(times)]


def test_after_some_none_is_read(sent: Sent, address: str):
    assert guess(sent, address, 5) == [403, 403, 403, 429, 429]
    refused = post("postmark", sent.account.id, from_(address, sent.call(DELIVERY)))
    assert (refused.status, refused.kind) == (429, "rate-limited")
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert sent.status == "sent"


def test_another_address_is_not_slowed(sent: Sent, address: str):
    guess(sent, address, 5)
    assert (
        post("postmark", sent.account.id, from_("198.51.100.8", sent.call(DELIVERY))).status == 200
    )


def test_nor_is_another_account_that_the_service_calls(acme: Any, sent: Sent, address: str):
    other = Sent(acme, make_hooked(acme, "postmark", name="another"))
    guess(sent, address, 5)
    assert post("postmark", other.account.id, from_(address, other.call(DELIVERY))).status == 200


def test_who_was_right_within_the_hour_goes_on(sent: Sent, address: str):
    right = from_(address, sent.call(DELIVERY))
    assert post("postmark", sent.account.id, right).status == 200
    assert guess(sent, address, 5)[-1] == 429
    assert post("postmark", sent.account.id, right).status == 200


def test_who_is_yet_to_be_asked_for_the_password_is_not_guessing(sent: Sent, address: str):
    asked = from_(address, spoilt("postmark", sent.call(DELIVERY), missing=True))
    assert {post("postmark", sent.account.id, asked).status for _ in range(6)} == {401}


def test_accounts_cannot_be_guessed_either(acme: Any, address: str):
    call = from_(address, Call(body=b"{}"))
    statuses = [post("postmark", uuid4(), call).status for _ in range(5)]
    assert statuses == [404, 404, 404, 404, 429]
