"""Where people are logged in, and the end of it."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from signalbus import retention
from signalbus.console import own_sign_ins
from tenants import suspension
from tenants.context import in_tenant
from tenants.identity import TenantIdentity
from tenants.operators import logins, sign_ins
from tenants.operators.agents import in_words
from tenants.operators.models import SignIn
from tenants.roles import Role
from tests.console.conftest import PASSWORD, browser, logged_in
from tests.console.people import at_console
from tests.tenants.audit.logged import last

PAGE = "/admin/sign-ins/"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0"
NEW_PASSWORD = "another-long-enough-password"


def _is_in(client: Client) -> bool:
    return bool(client.get("/admin/").status_code == 200)


def _other(username: str = "olga") -> Client:
    """A second browser of the same person."""
    client = browser("acme.localhost")
    client.defaults["HTTP_USER_AGENT"] = FIREFOX
    client.post("/admin/login/", {"username": username, "password": PASSWORD})
    assert _is_in(client)
    return client


def _user(tenant: TenantIdentity, username: str) -> User:
    with in_tenant(tenant):
        return User.objects.get(username=username)


def _places(client: Client, page: str = PAGE) -> list[own_sign_ins.Place]:
    found: list[own_sign_ins.Place] = client.get(page).context["places"]
    return found


def _not_here(client: Client) -> Any:
    return next(place.id for place in _places(client) if not place.is_here)


def test_the_page_says_where_and_since_when(console: Client) -> None:
    _other()
    there, here = _places(console)
    assert (there.browser, there.is_here) == ("Firefox on Linux", False)
    assert (here.browser, here.is_here) == ("an unknown browser", True)
    assert there.address == "127.0.0.1"
    assert "just now" in there.since or " s ago" in there.since


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (FIREFOX, "Firefox on Linux"),
        (
            "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/5 Chrome/130 Safari/5 Edg/130",
            "Edge on Windows",
        ),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15) AppleWebKit/6 Safari/6", "Safari on macOS"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17 like Mac OS X) CriOS/130 Safari/6",
            "Chrome on iPhone",
        ),
        ("Mozilla/5.0 (Linux; Android 14) Chrome/130 Mobile Safari/5", "Chrome on Android"),
        ("curl/8.5", "curl"),
        ("", "an unknown browser"),
        ("<b>Linux</b>", "an unknown browser on Linux"),
    ],
)
def test_a_browser_in_words(agent: str, words: str) -> None:
    assert in_words(agent) == words


def test_one_is_ended_and_dead_at_once(console: Client, acme: TenantIdentity) -> None:
    other = _other()
    told = console.post(PAGE, {"end": str(_not_here(console))}, follow=True)
    assert b"1 log-in ended." in told.content
    assert not _is_in(other)
    assert _is_in(console)
    assert len(_places(console)) == 1
    entry = last(acme, act="end log-ins")
    assert (entry.object_repr, entry.additional_data["detail"]) == ("olga", "1 ended.")


def test_it_is_dead_too_where_the_cache_still_has_the_session(
    console: Client, acme: TenantIdentity
) -> None:
    other = _other()
    with in_tenant(acme):
        key = f"django.contrib.sessions.cached_db{other.cookies['signalbus_session'].value}"
        kept = cache.get(key)
        console.post(PAGE, {"end": str(_not_here(console))})
    with in_tenant(acme):
        assert cache.get(key) is None
        cache.set(key, kept)
    assert not _is_in(other)


def test_all_others_are_ended(console: Client) -> None:
    others = [_other(), _other()]
    console.post(PAGE, {"end": "others"})
    assert [_is_in(client) for client in others] == [False, False]
    assert _is_in(console)


@pytest.mark.parametrize("named", ["", "nonsense", "00000000-0000-0000-0000-000000000000"])
def test_what_there_is_not_ends_nothing(console: Client, named: str) -> None:
    told = console.post(PAGE, {"end": named}, follow=True)
    assert b"nothing to end" in told.content


def test_this_one_is_ended_by_logging_out(console: Client, acme: TenantIdentity) -> None:
    (here,) = _places(console)
    console.post(PAGE, {"end": str(here.id)})
    assert _is_in(console)
    console.post("/admin/logout/")
    assert not _is_in(console)
    with in_tenant(acme):
        assert SignIn.objects.get().ended_at is not None


def test_nobody_ends_or_sees_those_of_others(console: Client, acme: TenantIdentity) -> None:
    viewer = at_console(acme, Role.VIEWER)
    (own,) = _places(console)
    viewer.post(PAGE, {"end": str(own.id)})
    assert _is_in(console)
    assert own.id not in {place.id for place in _places(viewer)}
    page = f"/admin/auth/user/{_user(acme, 'olga').pk}/sign-ins/"
    assert viewer.get(page).status_code == 403
    assert viewer.post(page, {"end": "others"}).status_code == 403
    assert _is_in(console)


def test_of_another_tenant_nothing_is_ended(console: Client, globex: TenantIdentity) -> None:
    with in_tenant(globex):
        logins.create_operator("olga", PASSWORD)
    there = logged_in("globex.localhost")
    (own,) = _places(console)
    there.post(PAGE, {"end": str(own.id)})
    there.post(PAGE, {"end": "others"})
    assert _is_in(console)


def test_an_owner_sees_and_ends_those_of_a_user(console: Client, acme: TenantIdentity) -> None:
    viewer = at_console(acme, Role.VIEWER)
    user = _user(acme, "viewer")
    page = f"/admin/auth/user/{user.pk}/sign-ins/"
    assert b"in 1 browser" in console.get(f"/admin/auth/user/{user.pk}/change/").content
    (place,) = _places(console, page)
    console.post(page, {"end": str(place.id)})
    assert not _is_in(viewer)
    again = _other("viewer")
    console.post(f"/admin/auth/user/{user.pk}/end-sign-ins/")
    assert not _is_in(again)
    assert b"is logged in nowhere" in console.get(page).content
    assert _is_in(console)


def test_the_platform_ends_its_own(platform: Client) -> None:
    other = logged_in("localhost", "petra")
    platform.post(PAGE, {"end": "others"})
    assert not _is_in(other)
    assert _is_in(platform)


def test_a_deactivated_user_is_out_and_stays_out(console: Client, acme: TenantIdentity) -> None:
    viewer = at_console(acme, Role.VIEWER)
    page = f"/admin/auth/user/{_user(acme, 'viewer').pk}/"
    console.post(f"{page}deactivate/")
    assert not _is_in(viewer)
    console.post(f"{page}activate/")
    assert not _is_in(viewer)


def test_another_role_begins_with_another_log_in(console: Client, acme: TenantIdentity) -> None:
    viewer = at_console(acme, Role.VIEWER)
    with in_tenant(acme):
        logins.set_role(User.objects.get(username="viewer").pk, Role.EDITOR, by=0)
    assert not _is_in(viewer)


def test_another_password_ends_all_others_and_gives_this_one_another_key(
    console: Client, acme: TenantIdentity
) -> None:
    other = _other()
    former = console.cookies["signalbus_session"].value
    form = {"old_password": PASSWORD, "new_password1": NEW_PASSWORD, "new_password2": NEW_PASSWORD}
    assert console.post("/admin/password_change/", form).status_code == 302
    assert not _is_in(other)
    assert _is_in(console)
    assert console.cookies["signalbus_session"].value != former
    (here,) = _places(console)
    assert here.is_here


def test_a_wrong_old_password_ends_nothing(console: Client) -> None:
    other = _other()
    form = {"old_password": "x", "new_password1": NEW_PASSWORD, "new_password2": NEW_PASSWORD}
    assert console.post("/admin/password_change/", form).status_code == 200
    assert _is_in(other)


def test_a_password_that_an_owner_sets_ends_the_users(
    console: Client, acme: TenantIdentity
) -> None:
    viewer = at_console(acme, Role.VIEWER)
    page = f"/admin/auth/user/{_user(acme, 'viewer').pk}/password/"
    form = {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD, "usable_password": "true"}
    assert console.post(page, form).status_code == 302
    assert not _is_in(viewer)
    with in_tenant(acme):
        assert not sign_ins.open_ones().filter(user__username="viewer").exists()
    assert _is_in(console)


def test_a_session_that_lapsed_is_shown_no_more(console: Client, acme: TenantIdentity) -> None:
    _other()
    with time_machine.travel(timezone.now() + timedelta(hours=13), tick=False):
        again = logged_in("acme.localhost")
        assert len(_places(again)) == 1


def test_old_ones_and_lapsed_sessions_are_deleted(
    console: Client, acme: TenantIdentity, platform: Client
) -> None:
    def kept() -> tuple[int, int, int]:
        with in_tenant(acme):
            ours = SignIn.objects.count(), Session.objects.count()
        return *ours, Session.objects.count()

    assert kept() == (1, 1, 1)
    retention.purge_sign_ins(timezone.now())
    assert kept() == (1, 1, 1)
    retention.purge_sign_ins(timezone.now() + timedelta(hours=13))
    assert kept() == (1, 0, 0)
    retention.purge_sign_ins(timezone.now() + timedelta(days=91))
    assert kept() == (0, 0, 0)


def test_being_seen_is_written_seldom(console: Client, acme: TenantIdentity) -> None:
    def seen() -> Any:
        with in_tenant(acme):
            return SignIn.objects.get().seen_at

    first = seen()
    console.get("/admin/")
    assert seen() == first
    later = timezone.now() + timedelta(minutes=6)
    with time_machine.travel(later, tick=False):
        console.get("/admin/")
    assert seen() == later


def test_a_suspended_tenants_people_still_end_their_own(
    console: Client, acme: TenantIdentity
) -> None:
    other = _other()
    suspension.suspend(acme.id, "unpaid")
    console.post(PAGE, {"end": "others"})
    assert not _is_in(other)
