"""People in front of the consoles."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.test import Client
from pytest_django import Settings

from notifications import group_commit
from signalbus.console.sites import platform as platform_site
from tenants.context import in_tenant
from tenants.identity import TenantIdentity
from tenants.operators import logins
from tests.console.everything import fill, one_of_platform

PASSWORD = "a-long-enough-password"
PLATFORM_HOST = "localhost"


def browser(host: str) -> Client:
    """A browser at a host, not logged in."""
    return Client(headers={"host": host})


def logged_in(host: str, username: str = "olga") -> Client:
    """A browser that has gone through the log-in page."""
    client = browser(host)
    answer = client.post("/admin/login/", {"username": username, "password": PASSWORD})
    assert answer.status_code == 302, "the log-in was refused"
    assert answer.headers["Location"] == "/admin/"
    return client


@pytest.fixture(autouse=True)
def _quick_passwords(settings: Settings) -> None:
    """Hashing that is meant to be slow would take most of the time of these tests."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def console(acme: TenantIdentity) -> Client:
    """acme's operator in acme's console."""
    with in_tenant(acme):
        logins.create_operator("olga", PASSWORD)
    return logged_in("acme.localhost")


@pytest.fixture
def platform(database: None) -> Iterator[Client]:
    """Somebody of the platform, in its console."""
    logins.create_operator("petra", PASSWORD)
    yield logged_in(PLATFORM_HOST, "petra")
    get_user_model().objects.all().delete()


@pytest.fixture
def clock() -> Iterator[Any]:
    """A clock that stands until it is moved."""
    with time_machine.travel(datetime.now(UTC), tick=False) as clock:
        yield clock


@pytest.fixture(params=["console", "platform"])
def filled(request: pytest.FixtureRequest, acme: TenantIdentity) -> tuple[Client, Any]:
    """acme's owner or somebody of the platform, and the site: no list of theirs is empty."""
    fill(acme, "ours")
    if request.param == "platform":
        one_of_platform(acme)
    sites = {"console": admin.site, "platform": platform_site}
    return request.getfixturevalue(request.param), sites[request.param]


@pytest.fixture(scope="session", autouse=True)
def _end_group_commit() -> Iterator[None]:
    yield
    group_commit.stop()
