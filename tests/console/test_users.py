"""Users and their roles: who gives which to whom."""

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client

from tenants.context import in_tenant
from tenants.identity import TenantIdentity
from tenants.operators import logins
from tenants.operators.backend import role_of
from tenants.operators.logins import OperatorError
from tenants.roles import Role
from tests.console.conftest import PASSWORD, logged_in
from tests.console.people import at_console

USERS = "/admin/auth/user/"
NEW = {"username": "vera", "role": "editor", "password1": PASSWORD, "password2": PASSWORD}


def _user(tenant: TenantIdentity, name: str) -> User:
    with in_tenant(tenant):
        return User.objects.select_related("operator").get(username=name)


def test_an_owner_adds_somebody_with_a_role(console: Client, acme: TenantIdentity) -> None:
    assert console.post(f"{USERS}add/", NEW).status_code == 302
    vera = _user(acme, "vera")
    assert (role_of(vera), vera.is_staff, vera.is_superuser) == (Role.EDITOR, True, False)
    assert b"sb-label" in console.get(USERS).content
    found = console.get(USERS, {"operator__role__exact": "editor"}).context["cl"].result_list
    assert [row.username for row in found] == ["vera"]


def test_an_owner_changes_a_role_which_counts_at_once(
    console: Client, acme: TenantIdentity
) -> None:
    client = at_console(acme, Role.VIEWER)
    add = "/admin/notifications/policy/add/"
    assert client.get(add).status_code == 403
    page = f"{USERS}{_user(acme, 'viewer').pk}/change/"
    assert console.post(page, {"username": "viewer", "role": "editor"}).status_code == 302
    again = logged_in("acme.localhost", "viewer")
    assert again.get(add).status_code == 200


def test_what_else_is_changed_leaves_the_role_alone(console: Client, acme: TenantIdentity) -> None:
    at_console(acme, Role.EDITOR)
    page = f"{USERS}{_user(acme, 'editor').pk}/change/"
    console.post(page, {"username": "editor", "role": "editor", "first_name": "Edna"})
    assert role_of(_user(acme, "editor")) == Role.EDITOR
    assert _user(acme, "editor").first_name == "Edna"


def test_nobody_changes_their_own_role(console: Client, acme: TenantIdentity) -> None:
    olga = _user(acme, "olga")
    page = f"{USERS}{olga.pk}/change/"
    assert b"Nobody changes their own role" in console.get(page).content
    console.post(page, {"username": "olga", "role": "viewer"})
    assert role_of(_user(acme, "olga")) == Role.OWNER
    with in_tenant(acme), pytest.raises(OperatorError, match="their own role"):
        logins.set_role(olga.pk, Role.VIEWER, by=olga.pk)


def test_the_last_owner_stays_one(console: Client, acme: TenantIdentity) -> None:
    with in_tenant(acme):
        logins.create_operator("otto", PASSWORD)
    olga, otto = _user(acme, "olga"), _user(acme, "otto")
    console.post(f"{USERS}{otto.pk}/change/", {"username": "otto", "role": "operator"})
    assert role_of(_user(acme, "otto")) == Role.OPERATOR
    with in_tenant(acme):
        for act in (
            lambda: logins.set_role(olga.pk, Role.VIEWER, by=otto.pk),
            lambda: logins.deactivate(olga.pk, by=otto.pk),
        ):
            with pytest.raises(OperatorError, match="last owner"):
                act()
        logins.deactivate(otto.pk, by=olga.pk)
        logins.set_role(otto.pk, Role.OWNER, by=olga.pk)
        with pytest.raises(OperatorError, match="last owner"):  # who cannot log in counts not
            logins.deactivate(olga.pk, by=otto.pk)


@pytest.mark.parametrize("role", [Role.VIEWER, Role.EDITOR, Role.OPERATOR])
def test_only_owners_see_and_change_users(acme: TenantIdentity, role: Role) -> None:
    client = at_console(acme, role)
    pk = _user(acme, role.value).pk
    for page in ("", "add/", f"{pk}/change/", f"{pk}/password/", f"{pk}/history/"):
        refused = client.get(f"{USERS}{page}")
        assert refused.status_code == 403, page
        assert b"This needs the role owner" in refused.content
    assert client.post(f"{USERS}{pk}/change/", {"role": "owner"}).status_code == 403
    assert client.post(f"{USERS}{pk}/deactivate/").status_code == 403
    assert role_of(_user(acme, role.value)) == role
    assert client.get("/admin/password_change/").status_code == 200


def test_somebody_without_a_role_may_nothing_but_leave(acme: TenantIdentity) -> None:
    client = at_console(acme, Role.VIEWER)
    with in_tenant(acme):
        User.objects.get(username="viewer").operator.delete()
    refused = client.get("/admin/")
    assert refused.status_code == 403
    assert b"You have no role in this console" in refused.content
    assert client.post("/admin/logout/").status_code == 200


def test_the_command_makes_owners_unless_told_otherwise(
    acme: TenantIdentity, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("create_operator", "acme", "otto")
    call_command("create_operator", "acme", "vera", role="viewer")
    assert "User vera may log in now, as viewer." in capsys.readouterr().out
    assert role_of(_user(acme, "otto")) == Role.OWNER
    assert role_of(_user(acme, "vera")) == Role.VIEWER
    with pytest.raises(CommandError, match="role"):
        call_command("create_operator", "acme", "x", "--role", "king")


def test_nobody_is_left_without_a_password(console: Client, acme: TenantIdentity) -> None:
    """Deactivating asks whether an owner stays; a password that is none must not get past that."""
    at_console(acme, Role.OWNER, "oona")
    for name, door in (("olga", console), ("oona", logged_in("acme.localhost", "oona"))):
        page = f"{USERS}{_user(acme, name).pk}/password/"
        asked = {"usable_password": "false", "unset-password": "1"}
        assert b"usable_password" not in door.get(page, follow=True).content
        door.post(page, asked)
        assert _user(acme, name).has_usable_password()
        other = console if name == "oona" else door
        other.post(page, asked)
        assert _user(acme, name).has_usable_password()


@pytest.mark.parametrize(
    ("button", "leads"),
    [
        ("password", "/admin/password_change/"),
        ("new-password", "/admin/password_change/"),
        ("reset-second-factor", "/admin/two-factor/"),
    ],
)
def test_of_oneself_an_owner_is_asked_for_the_present_password(
    console: Client, acme: TenantIdentity, button: str, leads: str
) -> None:
    olga = _user(acme, "olga")
    before = olga.password
    page = f"{USERS}{olga.pk}/{button}/"
    answer = console.post(page, {"password1": PASSWORD[::-1], "password2": PASSWORD[::-1]})
    assert (answer.status_code, answer.headers["Location"]) == (302, leads)
    assert page.encode() not in console.get(f"{USERS}{olga.pk}/change/").content.replace(
        f"{USERS}{olga.pk}/password/".encode(), b""
    )
    assert _user(acme, "olga").password == before
