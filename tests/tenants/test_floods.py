"""Wrong keys and requests without any are slowed for each address."""

from ipaddress import ip_network
from itertools import count
from typing import Any

import pytest
from django.utils import timezone

from tenants import floods, identity
from tenants.client_address import client_of
from tenants.identity import TenantIdentity
from tenants.models import ApiKey
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


def test_too_many_wrong_keys_wait(acme: TenantIdentity, address: str) -> None:
    assert [ask(wrong(), address).status for _ in range(4)] == [401, 401, 401, 429]
    refused = ask(wrong(), address)
    assert (refused.status, refused.kind) == (429, "rate-limited")
    wait = int(refused.headers["Retry-After"])
    assert 1 <= wait <= 60
    assert refused.headers["RateLimit-Policy"] == '"address-wrong-keys";q=3;w=60'
    assert refused.headers["RateLimit"] == f'"address-wrong-keys";r=0;t={wait}'


def test_a_blocked_addresss_keys_are_looked_up_seldom(
    acme: TenantIdentity, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(floods._looks, "take", lambda _: next(looks))
    looks = iter([True, True, False, False])
    for _ in range(4):
        ask(wrong(), address)
    asked = []
    for _ in range(4):
        with count_statements() as counted:
            assert ask(wrong(), address).status == 429
        asked.append(counted.total)
    assert asked == [1, 1, 0, 0]
    with count_statements() as counted:
        assert ask("nonsense", address).status == 429, "what cannot be right costs no look"
    assert counted.total == 0


def test_a_second_has_so_many_looks() -> None:
    looks = floods._Looks()
    assert sum(looks.take(7.0 + n / 1000) for n in range(100)) == floods.LOOKS_PER_SECOND
    assert looks.take(8.0)


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


def test_a_right_key_that_the_process_does_not_know_passes_from_a_blocked_address(
    acme: TenantIdentity, address: str
) -> None:
    for _ in range(5):
        ask(wrong(), address)
    assert ask(make_key(acme), address).status == 200
    assert ask(wrong(), address).status == 429


@pytest.mark.parametrize("ended", ["revoked_at", "expires_at"])
def test_a_key_that_has_ended_is_a_wrong_one(
    acme: TenantIdentity, address: str, ended: str
) -> None:
    key = make_key(acme)
    assert ask(key, address).status == 200
    ApiKey.objects.update(**{ended: timezone.now()})
    identity.forget()
    assert [ask(key, address).status for _ in range(4)] == [401, 401, 401, 429]


def test_requests_without_a_key_are_slowed_too(acme: TenantIdentity, address: str) -> None:
    assert [ask(None, address).status for _ in range(5)] == [401, 401, 401, 401, 429]
    refused = Api(None).get("/openapi.json", X_Forwarded_For=address)
    assert (refused.status, refused.kind) == (429, "rate-limited")
    assert refused.headers["RateLimit-Policy"] == '"address-keyless";q=4;w=60'
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
