"""Logging in with a code: which ones open, and which do not."""

from base64 import b32decode
from typing import Any

import pytest
from django.test import Client
from django_otp.oath import TOTP
from pytest_django import Settings

from tenants.context import in_tenant
from tenants.identity import TenantIdentity
from tenants.operators import logins
from tests.console.conftest import PASSWORD, logged_in
from tests.console.two_factor.steps import (
    CODE,
    PAGE,
    STEP,
    code_of,
    half_way,
    is_in,
    set_up,
)


def test_a_log_in_takes_password_and_code(console: Client, clock: Any) -> None:
    secret, _ = set_up(console, clock)
    client = half_way(next="/admin/notifications/policy/")
    assert not is_in(client)
    answer = client.post(CODE, {"code": code_of(secret)})
    assert answer.headers["Location"] == "/admin/notifications/policy/"
    assert is_in(client)


def test_an_app_may_write_its_code_in_groups(console: Client, clock: Any) -> None:
    secret, _ = set_up(console, clock)
    code = code_of(secret)
    client = half_way()
    client.post(CODE, {"code": f" {code[:3]} {code[3:]} "})
    assert is_in(client)


@pytest.mark.parametrize("wrong", ["", "000000", "12345", "abcdef", "\uff11" * 6, "x" * 40])
def test_a_wrong_code_opens_nothing(console: Client, clock: Any, wrong: str) -> None:
    set_up(console, clock)
    client = half_way()
    assert client.post(CODE, {"code": wrong}).status_code == 200
    assert not is_in(client)


def test_no_code_is_good_twice(console: Client, clock: Any) -> None:
    secret, _ = set_up(console, clock)
    code = code_of(secret)
    assert half_way().post(CODE, {"code": code}).status_code == 302
    again = half_way()
    assert b"was used already" in again.post(CODE, {"code": code}).content
    assert not is_in(again)
    clock.shift(STEP)
    assert again.post(CODE, {"code": code_of(secret)}).status_code == 302


def test_an_old_code_opens_nothing(console: Client, clock: Any) -> None:
    secret, _ = set_up(console, clock)
    code = code_of(secret)
    clock.shift(3 * STEP)
    client = half_way()
    client.post(CODE, {"code": code})
    assert not is_in(client)


def test_the_clock_of_a_device_may_be_half_a_minute_off(console: Client, clock: Any) -> None:
    secret, _ = set_up(console, clock)
    clock.shift(STEP)
    late = f"{TOTP(b32decode(secret), t0=30).token():06}"
    assert half_way().post(CODE, {"code": late}).status_code == 302


def test_a_recovery_code_opens_once(console: Client, clock: Any) -> None:
    _, codes = set_up(console, clock)
    client = half_way()
    told = client.post(CODE, {"code": codes[0].upper()}, follow=True)
    assert b"9 are left" in told.content
    assert is_in(client)
    again = half_way()
    again.post(CODE, {"code": codes[0]})
    assert not is_in(again)


def test_after_five_wrong_codes_the_password_is_asked_for_again(
    console: Client, clock: Any
) -> None:
    secret, _ = set_up(console, clock)
    client = half_way()
    for _ in range(4):
        assert client.post(CODE, {"code": "000000"}).status_code == 200
    told = client.post(CODE, {"code": "000000"}, follow=True)
    assert b"begin again with your password" in told.content
    client.post(CODE, {"code": code_of(secret)})
    assert not is_in(client)


def test_guessing_codes_is_slowed(
    console: Client, acme: TenantIdentity, clock: Any, settings: Settings
) -> None:
    with in_tenant(acme):
        logins.create_operator("guessed", PASSWORD)
    own = logged_in("acme.localhost", "guessed")
    secret, _ = set_up(own, clock)
    settings.LIMITS = {**settings.LIMITS, "codes_per_hour": 3}
    answers = [
        half_way(username="guessed").post(CODE, {"code": "000000"}).status_code for _ in range(4)
    ]
    assert answers == [200, 200, 200, 429]
    client = half_way(username="guessed")
    refused = client.post(CODE, {"code": code_of(secret)})
    assert refused.status_code == 429
    assert refused.headers["Retry-After"]
    assert not is_in(client)
    slowed = own.post(PAGE, {"act": "off", "password": "guess"})
    assert slowed.status_code == 429
