"""Links that an owner has made open nothing once the owner is gone, or is no owner any more."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils.http import urlsafe_base64_encode

from tenants.context import in_tenant
from tenants.identity import TenantIdentity
from tenants.roles import Role
from tests.console.conftest import PASSWORD, browser
from tests.console.people import at_console
from tests.tenants.audit.logged import last

USERS = "/admin/auth/user/"
CHOSEN = {"username": "new", "password1": PASSWORD, "password2": PASSWORD}
NEW = {"new_password1": "a-new-long-password", "new_password2": "a-new-long-password"}


@pytest.fixture
def evan(acme: TenantIdentity) -> Client:
    """An owner who makes links."""
    return at_console(acme, Role.OWNER, "evan")


@pytest.fixture
def boss(acme: TenantIdentity) -> Client:
    """Another owner, who ends that."""
    return at_console(acme, Role.OWNER, "boss")


def _id(tenant: TenantIdentity, username: str) -> int:
    with in_tenant(tenant):
        return User.objects.get(username=username).pk


def _invite(client: Client, role: Role, email: str = "new@example.org") -> str:
    made = client.post("/admin/operators/invitation/add/", {"email": email, "role": role.value})
    return _path(made, "join")


def _password_link(client: Client, user: int) -> str:
    return _path(client.post(f"{USERS}{user}/new-password/"), "new-password")


def _path(made: Any, page: str) -> str:
    found = re.search(rf"/admin/{page}/[\w./-]+", made.content.decode())
    assert found
    return found[0]


def _opens(path: str) -> bool:
    return browser("acme.localhost").get(path, follow=True).status_code == 200


def _deactivate(boss: Client, user: int, username: str) -> None:
    assert boss.post(f"{USERS}{user}/deactivate/").status_code == 302


def _make_operator(boss: Client, user: int, username: str) -> None:
    wanted = {"username": username, "role": "operator"}
    assert boss.post(f"{USERS}{user}/change/", wanted).status_code == 302


ENDS = pytest.mark.parametrize("end", [_deactivate, _make_operator])
End = Callable[[Client, int, str], None]


@ENDS
def test_an_invitation_to_be_owner_ends_with_its_maker(
    acme: TenantIdentity, evan: Client, boss: Client, end: End
) -> None:
    path, other = _invite(evan, Role.OWNER), _invite(boss, Role.OWNER, "other@example.org")
    end(boss, _id(acme, "evan"), "evan")
    assert browser("acme.localhost").post(path, CHOSEN).status_code == 410
    assert _opens(other)
    with in_tenant(acme):
        assert not User.objects.filter(username="new").exists()


def test_one_to_a_role_that_they_still_have_stays(
    acme: TenantIdentity, evan: Client, boss: Client
) -> None:
    path = _invite(evan, Role.VIEWER)
    _make_operator(boss, _id(acme, "evan"), "evan")
    assert _opens(path)
    _deactivate(boss, _id(acme, "evan"), "evan")
    assert not _opens(path)


def test_another_name_saves_no_invitation(acme: TenantIdentity, evan: Client, boss: Client) -> None:
    path, user = _invite(evan, Role.OWNER), _id(acme, "evan")
    evan.post(f"{USERS}{user}/change/", {"username": "eve", "role": "owner"})
    assert _opens(path)
    _deactivate(boss, user, "eve")
    assert not _opens(path)


def test_the_audit_log_says_why_an_invitation_ended(
    acme: TenantIdentity, evan: Client, boss: Client
) -> None:
    _invite(evan, Role.OWNER)
    _deactivate(boss, _id(acme, "evan"), "evan")
    assert "cannot log in any more" in last(acme, act="revoke").additional_data["detail"]


@ENDS
def test_a_link_to_a_new_password_ends_with_its_maker(
    acme: TenantIdentity, evan: Client, boss: Client, end: End
) -> None:
    at_console(acme, Role.OWNER, "vera")
    path, other = (_password_link(each, _id(acme, "vera")) for each in (evan, boss))
    begun = browser("acme.localhost")
    at = begun.get(path).headers["Location"]
    end(boss, _id(acme, "evan"), "evan")
    assert begun.post(at, NEW).status_code == 410
    assert not _opens(path)
    assert _opens(other)


def test_whose_link_it_is_cannot_be_rewritten(acme: TenantIdentity, evan: Client) -> None:
    """The link's first part names its maker: without, or with another, it opens nothing."""
    at_console(acme, Role.OWNER, "vera")
    at_console(acme, Role.OWNER, "boss")
    vera = _id(acme, "vera")
    secret = _password_link(evan, vera).split("/")[4]
    for whose in (f"{vera}", f"{vera}.{_id(acme, 'boss')}", f"{vera}.0", f"{vera}."):
        part = urlsafe_base64_encode(whose.encode())
        assert not _opens(f"/admin/new-password/{part}/{secret}/")
