"""The log-in: how it is slowed, and where it leads."""

from collections.abc import Iterator
from ipaddress import ip_network
from itertools import count
from random import randrange
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import Settings

from tenants.context import in_tenant
from tenants.identity import TenantIdentity
from tenants.operators import logins
from tests.console.conftest import PASSWORD, browser

LOG_IN = "/admin/login/"
RIGHT = {"username": "olga", "password": PASSWORD}
WRONG = {"username": "olga", "password": "a-wrong-password"}
_numbers = count(1)


@pytest.fixture
def slowed(settings: Settings) -> None:
    """Limits as small as a test is short, and addresses that a proxy names."""
    settings.TRUSTED_PROXIES = (ip_network("127.0.0.1"),)
    settings.LIMITS = {
        "log_ins_per_minute": 5,
        "log_ins_per_hour": 3,
        "strange_log_ins_per_hour": 4,
    }


@pytest.fixture
def olga(acme: TenantIdentity, slowed: None) -> Iterator[str]:
    """The name of acme's owner, whom no other test has tried."""
    name = f"olga{next(_numbers)}"
    with in_tenant(acme):
        logins.create_operator(name, PASSWORD)
    return name


def address() -> str:
    """An address that no other test comes from."""
    return f"2001:db8:{randrange(65536):x}:{randrange(65536):x}::1"


def at(place: str, host: str = "acme.localhost") -> Client:
    """A browser at an address."""
    client = browser(host)
    client.defaults["HTTP_X_FORWARDED_FOR"] = place
    return client


def tried(place: str, username: str, password: str = "a-wrong-password") -> Any:
    return at(place).post(LOG_IN, {"username": username, "password": password})


def test_who_guesses_waits_and_is_told_how_long(olga: str) -> None:
    here = address()
    assert [tried(here, olga).status_code for _ in range(4)] == [200, 200, 200, 429]
    refused = tried(here, olga)
    assert b"Try it again in <strong>20 minutes" in refused.content
    assert 1100 < int(refused.headers["Retry-After"]) <= 1200
    assert "no-store" in refused.headers["Cache-Control"]


def test_a_right_password_waits_too(olga: str) -> None:
    here = address()
    for _ in range(3):
        tried(here, olga)
    client = at(here)
    assert client.post(LOG_IN, {"username": olga, "password": PASSWORD}).status_code == 429
    assert client.get("/admin/").status_code == 302


def test_another_address_is_not_slowed_by_it(olga: str) -> None:
    here = address()
    for _ in range(4):
        tried(here, olga)
    assert tried(address(), olga, PASSWORD).status_code == 302


def test_an_address_tries_only_so_many_names(acme: TenantIdentity, slowed: None) -> None:
    here = address()
    answers = [tried(here, f"guess{next(_numbers)}").status_code for _ in range(6)]
    assert answers == [200] * 5 + [429]


def test_a_name_that_there_is_not_is_slowed_as_one_that_there_is(olga: str) -> None:
    here = address()
    answers = [tried(here, f"not-{olga}").status_code for _ in range(4)]
    assert answers == [200, 200, 200, 429]


def test_strangers_lock_each_other_out_but_nobody_at_their_usual_place(olga: str) -> None:
    home = address()
    assert tried(home, olga, PASSWORD).status_code == 302  # counted of the strange ones, too
    assert [tried(address(), olga).status_code for _ in range(4)] == [200, 200, 200, 429]
    assert tried(address(), olga, PASSWORD).status_code == 429
    assert tried(home, olga, PASSWORD).status_code == 302


def test_other_ways_to_write_a_name_are_no_other_name(olga: str) -> None:
    here = address()
    wide = "".join(chr(ord(each) + 0xFEE0) for each in olga)
    answers = [tried(here, name).status_code for name in (olga, f" {olga} ", wide, wide)]
    assert answers == [200, 200, 200, 429]
    assert tried(address(), wide, PASSWORD).status_code == 302


def test_the_same_name_of_another_tenant_is_somebody_else(
    olga: str, globex: TenantIdentity
) -> None:
    with in_tenant(globex):
        logins.create_operator(olga, PASSWORD)
    here = address()
    for _ in range(4):
        tried(here, olga)
    there = at(here, "globex.localhost")
    assert there.post(LOG_IN, {"username": olga, "password": PASSWORD}).status_code == 302


def test_without_redis_each_process_counts(olga: str, settings: Settings) -> None:
    settings.REDIS_URL = ""
    here = address()
    assert [tried(here, olga).status_code for _ in range(4)] == [200, 200, 200, 429]


@pytest.mark.parametrize(
    ("wanted", "led"),
    [
        ("/admin/notifications/policy/", "/admin/notifications/policy/"),
        ("http://acme.localhost/admin/", "http://acme.localhost/admin/"),
        ("https://evil.example.com/", "/admin/"),
        ("//evil.example.com/", "/admin/"),
        ("javascript:alert(1)", "/admin/"),
        ("http://globex.localhost/admin/", "/admin/"),
    ],
)
def test_it_leads_to_its_own_host_only(acme: TenantIdentity, wanted: str, led: str) -> None:
    with in_tenant(acme):
        logins.create_operator("olga", PASSWORD)
    answer = browser("acme.localhost").post(LOG_IN, {**RIGHT, "next": wanted})
    assert answer.headers["Location"] == led


def test_a_session_from_before_the_log_in_opens_nothing_after_it(acme: TenantIdentity) -> None:
    with in_tenant(acme):
        logins.create_operator("olga", PASSWORD)
    client = browser("acme.localhost")
    session = client.session
    session["planted"] = "by somebody else"
    session.save()
    planted = session.session_key
    client.cookies["signalbus_session"] = planted
    client.post(LOG_IN, RIGHT)
    assert client.cookies["signalbus_session"].value != planted
    client.cookies["signalbus_session"] = planted
    assert client.get("/admin/").status_code == 302


def test_a_log_in_without_the_forms_token_is_refused(acme: TenantIdentity) -> None:
    with in_tenant(acme):
        logins.create_operator("olga", PASSWORD)
    client = Client(headers={"host": "acme.localhost"}, enforce_csrf_checks=True)
    refused = client.post(LOG_IN, RIGHT)
    assert refused.status_code == 403
    assert b"This form was not accepted" in refused.content


def test_who_is_in_goes_on_to_the_start_page(console: Client) -> None:
    assert console.get(LOG_IN).headers["Location"] == "/admin/"


@pytest.mark.parametrize("wrong", [WRONG, {"username": "nobody", "password": PASSWORD}])
def test_it_does_not_tell_which_of_the_two_is_wrong(
    acme: TenantIdentity, wrong: dict[str, str]
) -> None:
    with in_tenant(acme):
        logins.create_operator("olga", PASSWORD)
    told = browser("acme.localhost").post(LOG_IN, wrong)
    assert b"User or password is wrong" in told.content


def test_a_name_that_cannot_be_one_is_wrong_too(acme: TenantIdentity) -> None:
    for name in ("\0", "x" * 5000, "olga\0"):
        answer = browser("acme.localhost").post(LOG_IN, {"username": name, "password": "x"})
        assert answer.status_code == 200


def test_who_was_deactivated_is_told_no_more(acme: TenantIdentity) -> None:
    with in_tenant(acme):
        logins.create_operator("olga", PASSWORD)
        logins.create_operator("gone", PASSWORD)
        logins.deactivate(User.objects.get(username="gone").pk, by=0)
    told = browser("acme.localhost").post(LOG_IN, {"username": "gone", "password": PASSWORD})
    assert b"User or password is wrong" in told.content


def test_a_wrong_password_keeps_who_was_in(console: Client) -> None:
    assert console.post(LOG_IN, WRONG).status_code == 200
    assert console.get("/admin/").status_code == 200
