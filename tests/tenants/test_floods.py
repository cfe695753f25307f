"""Wrong keys and requests without any are slowed for each address."""

from ipaddress import ip_network
from itertools import count
from typing import Any

import pytest

from tenants import identity
from tenants.client_address import client_of
from tenants.identity import TenantIdentity
from tenants.schemas import count_statements
from tests.door import Answer, Api
from tests.make import make_key

NETWORKS = (ip_network("10.0.0.0/8"), ip_network("fd00::/8"))
_numbers = count(1)


@pytest.fixture
def address(settings: Any) -> str:
    """An address that no other test comes from, through a proxy that is trusted."""
    settings.TRUSTED_PROXIES = (ip_network("127.0.0.1"),)
    settings.LIMITS = {"wrong_keys_per_minute": 3, "keyless_requests_per_minute": 4}
    number = next(_numbers)
    return f"203.0.{number // 250}.{number % 250}"


def ask(key: str | None, address: str) -> Answer:
    return Api(key).get("/policies", X_Forwarded_For=address)


def wrong() -> str:
    return f"sb_live_{next(_numbers):032}"


def test_too_many_wrong_keys_wait_without_a_look_into_the_database(
    acme: TenantIdentity, address: str
) -> None:
    assert [ask(wrong(), address).status for _ in range(4)] == [401, 401, 401, 429]
    with count_statements() as counted:
        refused = ask(wrong(), address)
    assert (refused.status, refused.kind) == (429, "rate-limited")
    assert 1 <= int(refused.headers["Retry-After"]) <= 20
    assert counted.total == 0


def test_another_address_is_not_slowed(acme: TenantIdentity, address: str) -> None:
    for _ in range(5):
        ask(wrong(), address)
    assert ask(wrong(), "198.51.100.7").status == 401


def test_who_is_known_to_have_a_right_key_goes_on(acme: TenantIdentity, address: str) -> None:
    right = make_key(acme)
    assert ask(right, address).status == 200
    for _ in range(5):
        ask(wrong(), address)
    identity.forget()
    assert ask(right, address).status == 200
    assert ask(make_key(acme), address).status == 429


def test_requests_without_a_key_are_slowed_too(acme: TenantIdentity, address: str) -> None:
    assert [ask(None, address).status for _ in range(5)] == [401, 401, 401, 401, 429]
    refused = Api(None).get("/openapi.json", X_Forwarded_For=address)
    assert (refused.status, refused.kind) == (429, "rate-limited")
    assert ask(make_key(acme), address).status == 200


def test_right_keys_cost_an_address_nothing(acme: TenantIdentity, address: str) -> None:
    for _ in range(6):
        assert ask(make_key(acme), address).status == 200


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("203.0.113.9", "", "203.0.113.9"),
        ("203.0.113.9", "1.2.3.4", "203.0.113.9"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "1.2.3.4", "1.2.3.4"),
        ("10.0.0.1", "6.6.6.6, 1.2.3.4, 10.0.0.2", "1.2.3.4"),
        ("10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3"),
        ("10.0.0.1", "6.6.6.6, nonsense, 10.0.0.2", "10.0.0.2"),
        ("10.0.0.1", "1.2.3.4:5678", "1.2.3.4"),
        ("10.0.0.1", "[2001:db8:1:2:3::4]:5678", "2001:db8:1:2::/64"),
        ("10.0.0.1", "2001:db8:1:2:9::9", "2001:db8:1:2::/64"),
        ("::ffff:10.0.0.1", "1.2.3.4", "1.2.3.4"),
        ("fd00::1", "1.2.3.4", "1.2.3.4"),
        ("", "1.2.3.4", "unknown"),
    ],
)
def test_the_client_is_the_first_from_the_right_that_is_not_trusted(
    peer: str, forwarded: str, client: str
) -> None:
    assert client_of(peer, forwarded, NETWORKS) == client
