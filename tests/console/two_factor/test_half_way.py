"""Between the password and the code nobody is in, and not much is kept."""

from datetime import timedelta
from typing import Any

from django.contrib.auth.models import User
from django.test import Client

from tenants.context import in_tenant
from tenants.identity import TenantIdentity
from tenants.operators import logins, two_factor
from tenants.operators.models import Authenticator
from tests.console.conftest import PASSWORD, browser
from tests.console.two_factor.steps import (
    CODE,
    code_of,
    half_way,
    is_in,
    set_up,
)


def test_the_password_is_good_for_ten_minutes(console: Client, clock: Any) -> None:
    secret, _ = set_up(console, clock)
    client = half_way()
    clock.shift(timedelta(minutes=11))
    answer = client.post(CODE, {"code": code_of(secret)})
    assert answer.headers["Location"] == "/admin/login/"
    assert not is_in(client)


def test_a_password_that_was_changed_meanwhile_is_shown_anew(
    console: Client, acme: TenantIdentity, clock: Any
) -> None:
    secret, _ = set_up(console, clock)
    client = half_way()
    with in_tenant(acme):
        logins.set_password("olga", "another-long-enough-password")
    client.post(CODE, {"code": code_of(secret)})
    assert not is_in(client)


def test_who_was_deactivated_meanwhile_is_not_let_in(
    console: Client, acme: TenantIdentity, clock: Any
) -> None:
    secret, _ = set_up(console, clock)
    client = half_way()
    with in_tenant(acme):
        User.objects.update(is_active=False)
    client.post(CODE, {"code": code_of(secret)})
    assert not is_in(client)


def test_without_a_password_there_is_no_second_step(acme: TenantIdentity) -> None:
    assert browser("acme.localhost").get(CODE).headers["Location"] == "/admin/login/"


def test_a_session_without_a_code_is_nobodys_once_there_is_a_second_factor(
    console: Client, acme: TenantIdentity, clock: Any
) -> None:
    with in_tenant(acme):
        user = User.objects.get(username="olga")
        two_factor.start(user.pk)
        Authenticator.objects.update(confirmed=True)
    assert not is_in(console)


def test_the_session_of_the_password_is_not_the_one_that_is_let_in(
    console: Client, clock: Any
) -> None:
    secret, _ = set_up(console, clock)
    client = half_way()
    between = client.cookies["signalbus_session"].value
    client.post(CODE, {"code": code_of(secret)})
    assert client.cookies["signalbus_session"].value != between
    client.cookies["signalbus_session"] = between
    assert not is_in(client)


def test_a_half_log_in_of_acme_opens_nothing_at_globex(
    console: Client, globex: TenantIdentity, clock: Any
) -> None:
    secret, _ = set_up(console, clock)
    with in_tenant(globex):
        logins.create_operator("olga", PASSWORD)
    client = half_way()
    carried = browser("globex.localhost")
    carried.cookies = client.cookies
    carried.post(CODE, {"code": code_of(secret)})
    assert not is_in(carried)
