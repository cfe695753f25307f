"""Setting the second factor up, and switching it off."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from tenants import suspension
from tenants.context import in_tenant
from tenants.identity import TenantIdentity
from tenants.operators import two_factor
from tenants.operators.models import Authenticator
from tests.console.conftest import PASSWORD, logged_in
from tests.console.two_factor.steps import (
    CODE,
    PAGE,
    begun,
    code_of,
    confirmed,
    half_way,
    is_in,
    set_up,
    two_factor_is_on,
)


def test_it_is_set_up_by_a_picture_and_a_first_code(console: Client, clock: Any) -> None:
    secret = begun(console)
    page = console.get(PAGE)
    assert b"<svg" in page.content
    assert "no-store" in page.headers["Cache-Control"]
    assert not two_factor_is_on("acme")
    done = console.post(PAGE, {"act": "confirm", "code": code_of(secret)})
    assert len(set(done.context["codes"])) == 10
    assert all(code.encode() in done.content for code in done.context["codes"])
    assert "no-store" in done.headers["Cache-Control"]
    assert two_factor_is_on("acme")
    assert is_in(console)
    later = console.get(PAGE)
    assert b"The second factor is on" in later.content
    assert secret.encode() not in later.content
    assert done.context["codes"][0].encode() not in later.content


@pytest.mark.parametrize("given", [{}, {"password": "wrong"}])
def test_it_is_begun_with_the_present_password_alone(
    console: Client, acme: TenantIdentity, given: dict[str, str]
) -> None:
    told = console.post(PAGE, {"act": "start", **given})
    assert b"This field is required" in told.content or b"not your password" in told.content
    with in_tenant(acme):
        assert not Authenticator.objects.exists()


def test_what_was_begun_elsewhere_is_not_shown_without_the_password(
    console: Client, acme: TenantIdentity, clock: Any
) -> None:
    secret = begun(console)
    other = logged_in("acme.localhost")
    assert secret.encode() not in other.get(PAGE).content
    assert b"show your password again" in other.post(PAGE, confirmed(secret)).content
    clock.shift(timedelta(minutes=11))
    assert secret.encode() not in console.get(PAGE).content
    assert b"show your password again" in console.post(PAGE, confirmed(secret)).content
    with in_tenant(acme):
        assert not Authenticator.objects.filter(confirmed=True).exists()


def test_a_wrong_first_code_switches_nothing_on(console: Client, clock: Any) -> None:
    secret = begun(console)
    wrong = f"{(int(code_of(secret)) + 1) % 1_000_000:06}"
    told = console.post(PAGE, {"act": "confirm", "code": wrong})
    assert b"That code is wrong" in told.content
    assert secret.encode() in told.content
    assert not two_factor_is_on("acme")
    assert logged_in("acme.localhost")


def test_what_the_picture_says_names_console_and_user(
    console: Client, acme: TenantIdentity
) -> None:
    secret = begun(console)
    with in_tenant(acme):
        device = Authenticator.objects.get()
        said = two_factor.address_of(device, "Signalbus acme", "olga")
    assert said == (
        f"otpauth://totp/Signalbus%20acme%3Aolga?secret={secret}&issuer=Signalbus%20acme"
    )


def test_setting_it_up_ends_the_other_log_ins_and_gives_this_one_another_key(
    console: Client, clock: Any
) -> None:
    other = logged_in("acme.localhost")
    former = console.cookies["signalbus_session"].value
    set_up(console, clock)
    assert not is_in(other)
    assert is_in(console)
    assert console.cookies["signalbus_session"].value != former


def test_new_recovery_codes_end_the_former(console: Client, clock: Any) -> None:
    _, former = set_up(console, clock)
    refused = console.post(PAGE, {"act": "renew", "password": "wrong"})
    assert b"That is not your password" in refused.content
    renewed = console.post(PAGE, {"act": "renew", "password": PASSWORD}).context["codes"]
    client = half_way()
    client.post(CODE, {"code": former[1]})
    assert not is_in(client)
    client.post(CODE, {"code": renewed[1]})
    assert is_in(client)


def test_it_is_switched_off_by_the_password_only(console: Client, clock: Any) -> None:
    set_up(console, clock)
    assert (
        b"That is not your password"
        in console.post(PAGE, {"act": "off", "password": "wrong"}).content
    )
    assert two_factor_is_on("acme")
    console.post(PAGE, {"act": "off", "password": PASSWORD})
    assert not two_factor_is_on("acme")
    assert is_in(logged_in("acme.localhost"))


def test_a_suspended_tenants_people_still_set_it_up(
    console: Client, acme: TenantIdentity, clock: Any
) -> None:
    suspension.suspend(acme.id, "unpaid")
    set_up(console, clock)
    assert two_factor_is_on("acme")
