"""Invitations: a link on the tenant's own console makes somebody an operator, once."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User
from django.core import mail
from django.db import DatabaseError, connection
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from tenants import suspension
from tenants.context import in_tenant
from tenants.identity import TenantIdentity
from tenants.operators.models import Invitation
from tenants.roles import Role
from tests.console.conftest import PASSWORD, browser, logged_in
from tests.console.people import at_console
from tests.slow_mail import Held

ACME = "http://acme.localhost:8000"  # the port of SIGNALBUS_BASE_URL
INVITATIONS = "/admin/operators/invitation/"
WANTED = {"email": "vera@example.org", "role": "viewer"}
CHOSEN = {"username": "vera", "password1": PASSWORD, "password2": PASSWORD}


@pytest.fixture
def mail_server(settings: Settings) -> None:
    settings.EMAIL_HOST = "mail.example.org"


def _invited(console: Client, **wanted: str) -> str:
    """The link that the page shows, without scheme and host."""
    made = console.post(f"{INVITATIONS}add/", {**WANTED, **wanted})
    assert made.status_code == 200
    assert "no-store" in made.headers["Cache-Control"]
    return _path(made)


def _path(made: Any) -> str:
    link: str = made.context["link"]
    assert link.startswith(f"{ACME}/admin/join/")
    assert link.encode() in made.content
    return link.removeprefix(ACME)


def _row(tenant: TenantIdentity) -> Invitation:
    with in_tenant(tenant):
        return Invitation.objects.get()


def test_the_invited_gets_a_mail_and_becomes_what_was_chosen_for_them(
    console: Client, acme: TenantIdentity, mail_server: None
) -> None:
    path = _invited(console)
    (sent,) = mail.outbox
    assert sent.to == ["vera@example.org"]
    assert path in sent.body
    assert "as viewer" in sent.body
    assert "olga invites you to the Signalbus console of acme" in sent.body
    door = browser("acme.localhost")
    assert b"You are invited as" in door.get(path).content
    joined = door.post(path, CHOSEN, follow=True)
    assert b"You may log in now." in joined.content
    logged_in("acme.localhost", "vera")
    with in_tenant(acme):
        vera = User.objects.get(username="vera")
        assert (vera.email, vera.operator.role) == ("vera@example.org", Role.VIEWER)
        assert (vera.is_staff, vera.is_superuser) == (True, False)


def test_the_link_is_not_written_by_the_request(acme: TenantIdentity) -> None:
    owner = at_console(acme, Role.OWNER)
    headers = {"host": "acme.localhost:6666"}
    made = owner.post(f"{INVITATIONS}add/", WANTED, headers=headers)
    assert made.context["link"].startswith(f"{ACME}/admin/join/")


def test_a_link_works_once(console: Client, acme: TenantIdentity) -> None:
    path = _invited(console)
    door = browser("acme.localhost")
    door.post(path, CHOSEN)
    again = door.post(path, {**CHOSEN, "username": "viktor"})
    assert again.status_code == 410
    assert b"no longer good" in again.content
    with in_tenant(acme):
        assert not User.objects.filter(username="viktor").exists()


def test_without_a_mail_server_the_link_is_shown_and_the_reason_told(console: Client) -> None:
    made = console.post(f"{INVITATIONS}add/", WANTED)
    assert b"has not set SIGNALBUS_EMAIL_URL" in made.content
    assert b"Give them this link yourself" in made.content
    assert mail.outbox == []
    assert browser("acme.localhost").get(_path(made)).status_code == 200


def test_a_mail_server_that_refuses_is_told_and_the_link_shown(
    console: Client, settings: Settings, mail_server: None
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_PORT = 1
    made = console.post(f"{INVITATIONS}add/", WANTED)
    assert b"No mail went out: the mail server said" in made.content
    assert _path(made)


def test_a_slow_mail_server_keeps_nobody_waiting(
    console: Client, mail_server: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tenants.operators.mail.PATIENCE", 0.1)
    mails = Held(monkeypatch)
    made = console.post(f"{INVITATIONS}add/", WANTED)
    assert b"The mail server has not answered yet" in made.content
    assert _path(made)
    mails.answers.set()


def test_no_mail_goes_out_before_the_invitation_is_stored(
    console: Client, acme: TenantIdentity, mail_server: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    held_by_a_transaction: list[bool] = []

    def send(*_: Any) -> None:
        held_by_a_transaction.append(connection.in_atomic_block)

    monkeypatch.setattr("tenants.operators.mail.send", send)
    _invited(console)
    console.post(f"{INVITATIONS}{_row(acme).pk}/resend/")
    assert held_by_a_transaction == [False, False]


def test_an_invitation_that_is_not_stored_sends_no_mail(
    console: Client, acme: TenantIdentity, mail_server: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise DatabaseError("The server went away at the commit.")

    with monkeypatch.context() as patched:
        patched.setattr(connection, "_commit", fail)
        with pytest.raises(DatabaseError, match="at the commit"):
            console.post(f"{INVITATIONS}add/", WANTED)
    assert mail.outbox == []
    with in_tenant(acme):
        assert not Invitation.objects.exists()


def test_a_link_is_good_for_three_days(console: Client) -> None:
    path = _invited(console)
    door = browser("acme.localhost")
    with time_machine.travel(timezone.now() + timedelta(days=2, hours=23), tick=False):
        assert door.get(path).status_code == 200
    with time_machine.travel(timezone.now() + timedelta(days=3, minutes=1), tick=False):
        assert door.get(path).status_code == 410
        assert door.post(path, CHOSEN).status_code == 410


def test_a_link_is_taken_back(console: Client, acme: TenantIdentity) -> None:
    path = _invited(console)
    row = _row(acme)
    console.post(f"{INVITATIONS}{row.pk}/revoke/")
    assert browser("acme.localhost").get(path).status_code == 410
    refused = console.post(f"{INVITATIONS}{row.pk}/resend/", follow=True)
    assert b"It is revoked: invite them anew." in refused.content


def test_another_link_ends_the_former_and_begins_its_time_anew(
    console: Client, acme: TenantIdentity, mail_server: None
) -> None:
    former = _invited(console)
    with time_machine.travel(timezone.now() + timedelta(days=4), tick=False):
        logged = logged_in("acme.localhost")
        path = _path(logged.post(f"{INVITATIONS}{_row(acme).pk}/resend/"))
        door = browser("acme.localhost")
        assert door.get(former).status_code == 410
        assert door.get(path).status_code == 200
    assert [sent.to for sent in mail.outbox] == [["vera@example.org"]] * 2


def test_inviting_the_same_address_again_ends_the_former_link(console: Client) -> None:
    former = _invited(console)
    path = _invited(console, email="Vera@Example.org", role="editor")
    door = browser("acme.localhost")
    assert door.get(former).status_code == 410
    assert b"editor" in door.get(path).content


def test_whoever_can_log_in_already_is_not_invited(console: Client, acme: TenantIdentity) -> None:
    browser("acme.localhost").post(_invited(console), CHOSEN)
    refused = console.post(f"{INVITATIONS}add/", WANTED)
    assert b"can log in already" in refused.content


def test_a_bad_choice_of_name_or_password_is_told_and_uses_nothing_up(
    console: Client, acme: TenantIdentity
) -> None:
    path = _invited(console)
    door = browser("acme.localhost")
    for wrong, words in (
        ({"password1": "short", "password2": "short"}, b"too short"),
        ({"password2": "something-else-entirely"}, b"match"),
        ({"username": "olga"}, b"exists"),
        ({"password1": "vera@example.org", "password2": "vera@example.org"}, b"too similar"),
        ({"password1": "", "password2": ""}, b"required"),
    ):
        refused = door.post(path, {**CHOSEN, **wrong})
        assert refused.status_code == 200
        assert words in refused.content, wrong
    assert _row(acme).accepted_at is None
    assert door.post(path, CHOSEN).status_code == 302


def test_a_link_of_acme_opens_nothing_at_globex_or_the_platform(
    console: Client, globex: TenantIdentity
) -> None:
    path = _invited(console)
    for host in ("globex.localhost", "localhost"):
        assert browser(host).get(path).status_code == 410
        assert browser(host).post(path, CHOSEN).status_code == 410
    with in_tenant(globex):
        assert not User.objects.filter(username="vera").exists()


def test_nobody_joins_a_suspended_tenant(console: Client, acme: TenantIdentity) -> None:
    path = _invited(console)
    suspension.suspend(acme.id, "unpaid")
    refused = browser("acme.localhost").post(path, CHOSEN)
    assert refused.status_code == 410
    assert b"acme is suspended" in refused.content


def test_the_link_is_kept_nowhere(
    console: Client, acme: TenantIdentity, capfd: pytest.CaptureFixture[str]
) -> None:
    path = _invited(console)
    secret = path.removeprefix("/admin/join/").removesuffix("/")
    answer = browser("acme.localhost").get(path)
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert "no-store" in answer.headers["Cache-Control"]
    row = _row(acme)
    assert secret not in repr(row.__dict__)
    page = f"{INVITATIONS}{row.pk}/change/"
    for shown in (console.get(INVITATIONS), console.get(page)):
        assert secret.encode() not in shown.content
    told = capfd.readouterr()
    assert secret not in told.out + told.err


@pytest.mark.parametrize("role", [Role.VIEWER, Role.EDITOR, Role.OPERATOR])
def test_only_owners_invite(acme: TenantIdentity, role: Role) -> None:
    client = at_console(acme, role)
    for answer in (client.get(INVITATIONS), client.post(f"{INVITATIONS}add/", WANTED)):
        assert answer.status_code == 403
        assert b"This needs the role owner" in answer.content
    assert b"Invitations" not in client.get("/admin/").content


def test_the_platform_invites_its_own_people(platform: Client) -> None:
    made = platform.post(f"{INVITATIONS}add/", {**WANTED, "role": "operator"})
    path = made.context["link"].removeprefix("http://localhost:8000")
    assert browser("localhost").post(path, CHOSEN).status_code == 302
    assert User.objects.get(username="vera").operator.role == Role.OPERATOR
    Invitation.objects.all().delete()
