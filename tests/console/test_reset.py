"""Forgotten passwords: a link by mail, from an owner, or by command."""

import time
from datetime import timedelta
from ipaddress import ip_network
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User
from django.core import mail
from django.core.mail import EmailMessage
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from tenants.context import in_tenant
from tenants.identity import TenantIdentity
from tenants.operators import logins, two_factor
from tenants.operators.models import Authenticator
from tenants.roles import Role
from tests.console.conftest import PASSWORD, browser, logged_in
from tests.console.people import at_console
from tests.console.test_log_in import address

FORGOTTEN = "/admin/forgotten/"
NEW = "a-new-long-enough-password"
CHOSEN = {"new_password1": NEW, "new_password2": NEW}
ACME = "http://acme.localhost:8000"


@pytest.fixture(autouse=True)
def mail_server(settings: Settings) -> None:
    settings.EMAIL_HOST = "mail.example.org"
    settings.BASE_URL = "http://localhost:8000"


@pytest.fixture
def olga(acme: TenantIdentity) -> str:
    """The address of acme's owner."""
    with in_tenant(acme):
        logins.create_operator("olga", PASSWORD, "olga@example.org")
    return "olga@example.org"


def asked(email: str, host: str = "acme.localhost", **headers: str) -> Any:
    return browser(host).post(FORGOTTEN, {"email": email}, headers=headers)


def sent(number: int = 1) -> list[EmailMessage]:
    """The mails that went out, which nobody waits for."""
    until = time.monotonic() + 5
    while len(mail.outbox) < number and time.monotonic() < until:
        time.sleep(0.01)
    assert len(mail.outbox) == number
    return mail.outbox


def path_in(text: str, console: str = ACME) -> str:
    """The link in a mail, without scheme and host."""
    (line,) = (line for line in str(text).splitlines() if "/new-password/" in line)
    assert line.startswith(f"{console}/admin/new-password/")
    return line.removeprefix(console)


def opened(path: str, host: str = "acme.localhost") -> tuple[Client, Any]:
    """A browser at the page that a link leads to."""
    client = browser(host)
    return client, client.get(path, follow=True)


def chosen(path: str, host: str = "acme.localhost") -> Any:
    """What comes of choosing a password by the link."""
    client, page = opened(path, host)
    at = page.redirect_chain[-1][0] if page.redirect_chain else path
    return client.post(at, CHOSEN, follow=True)


def user_of(tenant: TenantIdentity, username: str = "olga") -> User:
    with in_tenant(tenant):
        return User.objects.get(username=username)


def test_a_link_comes_by_mail_and_another_password_is_chosen(olga: str) -> None:
    answer = asked(olga.upper())
    assert b"If somebody here has the address" in answer.content
    (letter,) = sent()
    assert letter.to == [olga]
    assert "for the user olga in the Signalbus console of acme" in letter.body
    done = chosen(path_in(letter.body))
    assert b"Your password is changed" in done.content
    client = browser("acme.localhost")
    form = {"username": "olga", "password": NEW}
    assert client.post("/admin/login/", form).headers["Location"] == "/admin/"


def test_the_log_in_page_leads_there(olga: str) -> None:
    assert b'href="/admin/forgotten/"' in browser("acme.localhost").get("/admin/login/").content


def test_nothing_tells_whether_somebody_has_an_address(olga: str, acme: TenantIdentity) -> None:
    with in_tenant(acme):
        logins.create_operator("gone", PASSWORD, "gone@example.org")
        User.objects.filter(username="gone").update(is_active=False)
    answers = [asked(each) for each in (olga, "nobody@example.org", "gone@example.org")]
    assert {answer.status_code for answer in answers} == {200}
    texts = {
        answer.content.replace(answer.context["form"].cleaned_data["email"].encode(), b"")
        for answer in answers
    }
    assert len(texts) == 1
    sent(1)


def test_a_link_works_once(olga: str) -> None:
    asked(olga)
    path = path_in(sent()[0].body)
    chosen(path)
    again = opened(path)[1]
    assert again.status_code == 410
    assert b"no longer good" in again.content


def test_a_link_is_good_for_two_hours(olga: str) -> None:
    asked(olga)
    path = path_in(sent()[0].body)
    with time_machine.travel(timezone.now() + timedelta(minutes=119), tick=False):
        assert opened(path)[1].status_code == 200
    with time_machine.travel(timezone.now() + timedelta(minutes=121), tick=False):
        assert opened(path)[1].status_code == 410


def test_a_log_in_ends_the_link(olga: str) -> None:
    asked(olga)
    path = path_in(sent()[0].body)
    with time_machine.travel(timezone.now() + timedelta(seconds=2), tick=False):
        logged_in("acme.localhost")
    assert opened(path)[1].status_code == 410


def test_the_link_of_somebody_deactivated_opens_nothing(olga: str, acme: TenantIdentity) -> None:
    asked(olga)
    path = path_in(sent()[0].body)
    with in_tenant(acme):
        User.objects.update(is_active=False)
    assert opened(path)[1].status_code == 410


@pytest.mark.parametrize("path", ["x/y/", "MQ/set-password/", "MQ/abc-def/", "bm8/abc-def/"])
def test_a_made_up_link_opens_nothing(olga: str, path: str) -> None:
    assert opened(f"/admin/new-password/{path}")[1].status_code == 410


def test_a_link_of_acme_opens_nothing_elsewhere(olga: str, globex: TenantIdentity) -> None:
    asked(olga)
    path = path_in(sent()[0].body)
    for host in ("globex.localhost", "localhost"):
        assert opened(path, host)[1].status_code == 410


def test_a_link_of_the_same_row_in_another_tenant_opens_nothing(
    olga: str, acme: TenantIdentity, globex: TenantIdentity
) -> None:
    """Even where id, address and password are the same to the letter."""
    ours = user_of(acme)
    with in_tenant(globex):
        ours._state.adding = True
        ours.save(force_insert=True)
    asked(olga)
    path = path_in(sent()[0].body)
    assert opened(path, "globex.localhost")[1].status_code == 410
    assert opened(path)[1].status_code == 200


def test_the_secret_leaves_the_address_at_once(olga: str) -> None:
    asked(olga)
    path = path_in(sent()[0].body)
    first = browser("acme.localhost").get(path)
    assert first.headers["Location"].endswith("/set-password/")
    assert first.headers["Referrer-Policy"] == "same-origin"
    page = opened(path)[1]
    assert "no-store" in page.headers["Cache-Control"]
    assert path.split("/")[4].encode() not in page.content


def test_it_ends_every_log_in(olga: str) -> None:
    client = logged_in("acme.localhost")
    asked(olga)
    chosen(path_in(sent()[0].body))
    assert client.get("/admin/").status_code == 302


def test_it_does_not_spare_the_second_factor(olga: str, acme: TenantIdentity) -> None:
    with in_tenant(acme):
        two_factor.start(user_of(acme).pk)
        Authenticator.objects.update(confirmed=True)
    asked(olga)
    chosen(path_in(sent()[0].body))
    client = browser("acme.localhost")
    answer = client.post("/admin/login/", {"username": "olga", "password": NEW})
    assert answer.headers["Location"] == "/admin/login/code/"


def test_a_password_that_is_too_easy_is_refused(olga: str) -> None:
    asked(olga)
    client, page = opened(path_in(sent()[0].body))
    at = page.redirect_chain[-1][0]
    for wrong, words in (
        ({"new_password1": "short", "new_password2": "short"}, b"too short"),
        ({"new_password2": "something-else"}, b"match"),
        ({"new_password1": "olga@example.org", "new_password2": "olga@example.org"}, b"similar"),
    ):
        assert words in client.post(at, {**CHOSEN, **wrong}).content
    assert logged_in("acme.localhost")


def test_everybody_with_the_address_gets_a_mail_of_their_own(
    olga: str, acme: TenantIdentity
) -> None:
    with in_tenant(acme):
        logins.create_operator("olga2", PASSWORD, olga)
    asked(olga)
    letters = sent(2)
    assert {"olga2" in letter.body for letter in letters} == {True, False}


@pytest.mark.parametrize("host", ["6.6.6.6", "127.0.0.1:9000", "localhost"])
def test_a_host_that_somebody_made_up_stands_in_no_mail(platform: Client, host: str) -> None:
    User.objects.filter(username="petra").update(email="petra@example.org")
    assert asked("petra@example.org", host).status_code == 200
    path_in(sent()[0].body, "http://localhost:8000")


def test_a_port_that_somebody_made_up_stands_in_no_mail(olga: str) -> None:
    asked(olga, "acme.localhost:4444")
    path_in(sent()[0].body)


def test_the_platforms_people_get_one_of_their_own_console(platform: Client) -> None:
    User.objects.filter(username="petra").update(email="petra@example.org")
    asked("petra@example.org", "localhost")
    path = path_in(sent()[0].body, "http://localhost:8000")
    assert b"Your password is changed" in chosen(path, "localhost").content


def test_without_a_mail_server_it_says_whom_to_ask(olga: str, settings: Settings) -> None:
    settings.EMAIL_HOST = ""
    for email in (olga, "nobody@example.org"):
        assert b"Ask an owner of this console" in asked(email).content


def test_a_mail_that_does_not_go_out_is_told_in_the_log_only(
    olga: str, settings: Settings, capfd: pytest.CaptureFixture[str]
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_PORT = 1
    assert b"If somebody here has the address" in asked(olga).content
    told, until = "", time.monotonic() + 5
    while "did not go out" not in told and time.monotonic() < until:
        told += "".join(capfd.readouterr())
        time.sleep(0.01)
    assert "did not go out" in told


def test_asking_is_slowed_by_address_and_by_mailbox(olga: str, settings: Settings) -> None:
    settings.TRUSTED_PROXIES = (ip_network("127.0.0.1"),)
    settings.LIMITS = {**settings.LIMITS, "password_links_per_hour": 2}
    here = address()
    answers = [asked(f"a{n}@example.org", x_forwarded_for=here).status_code for n in range(3)]
    assert answers == [200, 200, 429]
    same = [asked("b@example.org", x_forwarded_for=address()).status_code for _ in range(3)]
    assert same == [200, 200, 429]


def test_an_owner_makes_a_link_for_a_user(acme: TenantIdentity, olga: str) -> None:
    viewer = at_console(acme, Role.VIEWER)
    user = user_of(acme, "viewer")
    console = logged_in("acme.localhost")
    made = console.post(f"/admin/auth/user/{user.pk}/new-password/")
    assert b"this user has no address" in made.content
    assert "no-store" in made.headers["Cache-Control"]
    link = made.context["link"]
    assert viewer.get("/admin/").status_code == 200
    chosen(link.removeprefix(ACME))
    assert viewer.get("/admin/").status_code == 302
    assert (
        browser("acme.localhost")
        .post("/admin/login/", {"username": "viewer", "password": NEW})
        .headers["Location"]
        == "/admin/"
    )


def test_an_owners_link_goes_out_by_mail_too(acme: TenantIdentity, olga: str) -> None:
    with in_tenant(acme):
        logins.create_operator("vera", PASSWORD, "vera@example.org", Role.VIEWER)
    made = logged_in("acme.localhost").post(
        f"/admin/auth/user/{user_of(acme, 'vera').pk}/new-password/"
    )
    (letter,) = sent()
    assert letter.to == ["vera@example.org"]
    assert made.context["link"] in letter.body
    assert "An owner has made a link" in letter.body


@pytest.mark.parametrize("role", [Role.VIEWER, Role.EDITOR, Role.OPERATOR])
def test_only_owners_make_links(acme: TenantIdentity, olga: str, role: Role) -> None:
    client = at_console(acme, role)
    page = f"/admin/auth/user/{user_of(acme).pk}/new-password/"
    assert client.post(page).status_code == 403


def test_the_command_gives_another_password(
    acme: TenantIdentity, olga: str, capsys: pytest.CaptureFixture[str]
) -> None:
    client = logged_in("acme.localhost")
    call_command("reset_operator", "acme", "olga", "--password", NEW)
    assert client.get("/admin/").status_code == 302
    assert user_of(acme).check_password(NEW)
    call_command("reset_operator", "acme", "olga", "--password")
    made = capsys.readouterr().out.strip().splitlines()[-1]
    assert user_of(acme).check_password(made)


def test_the_command_takes_the_second_factor_away(acme: TenantIdentity, olga: str) -> None:
    user = user_of(acme)
    with in_tenant(acme):
        two_factor.start(user.pk)
        Authenticator.objects.update(confirmed=True)
    call_command("reset_operator", "acme", "olga", "--two-factor")
    assert logged_in("acme.localhost")


def test_the_command_is_for_the_platforms_people_too(platform: Client) -> None:
    call_command("reset_operator", "petra", "--password", NEW)
    assert User.objects.get(username="petra").check_password(NEW)
    assert platform.get("/admin/").status_code == 302


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["acme", "olga"], "Say what is to be reset"),
        (["acme", "nobody", "--two-factor"], "There is no user nobody"),
        (["acme", "olga", "--password", "short"], "too short"),
        (["initech", "olga", "--two-factor"], "initech"),
    ],
)
def test_the_command_says_what_is_wrong(olga: str, arguments: list[str], words: str) -> None:
    with pytest.raises(CommandError, match=words):
        call_command("reset_operator", *arguments)
