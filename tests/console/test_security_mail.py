"""People are told by mail, and the audit log, when their second factor changes or is got past."""

import time
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.test import Client
from pytest_django import Settings

from tenants.context import in_tenant
from tenants.identity import TenantIdentity
from tenants.operators import mail as sender
from tenants.roles import Role
from tests.console.conftest import PASSWORD
from tests.console.people import at_console
from tests.console.two_factor.steps import CODE, PAGE, half_way, set_up
from tests.tenants.audit.logged import last


@pytest.fixture(autouse=True)
def mail_server(settings: Settings) -> None:
    settings.EMAIL_HOST = "mail.example.org"


@pytest.fixture
def vera(acme: TenantIdentity) -> Client:
    """Somebody with an address."""
    client = at_console(acme, Role.VIEWER, "vera")
    with in_tenant(acme):
        User.objects.filter(username="vera").update(email="vera@example.org")
    return client


def _told(number: int) -> str:
    """The newest of so many mails, which nobody waits for."""
    until = time.monotonic() + 5
    while len(mail.outbox) < number and time.monotonic() < until:
        time.sleep(0.01)
    assert len(mail.outbox) == number
    assert mail.outbox[-1].to == ["vera@example.org"]
    assert "user vera in the\nSignalbus console of acme" in mail.outbox[-1].body
    return str(mail.outbox[-1].body)


def test_setting_it_up_and_switching_it_off_is_told(vera: Client, clock: Any) -> None:
    set_up(vera, clock)
    assert "A second factor was set up" in _told(1)
    vera.post(PAGE, {"act": "off", "password": PASSWORD})
    assert "was taken away" in _told(2)


def test_an_owners_reset_is_told(
    acme: TenantIdentity, console: Client, vera: Client, clock: Any
) -> None:
    set_up(vera, clock)
    with in_tenant(acme):
        pk = User.objects.get(username="vera").pk
    console.post(f"/admin/auth/user/{pk}/reset-second-factor/")
    assert "was taken away" in _told(2)


def test_a_recovery_code_is_told_and_noted(acme: TenantIdentity, vera: Client, clock: Any) -> None:
    _, codes = set_up(vera, clock)
    half_way(username="vera").post(CODE, {"code": codes[0]})
    assert "A recovery code was used to log in: 9 are left" in _told(2)
    entry = last(acme, act="recovery code used")
    assert (entry.object_repr, entry.additional_data["detail"]) == ("vera", "9 are left.")


def test_somebody_without_an_address_is_told_nothing(
    console: Client, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[Any] = []
    monkeypatch.setattr(sender, "send_later", lambda *letter: told.append(letter))
    set_up(console, clock)
    assert told == []
