"""The second factor: setting it up, logging in with it, needing it, and ways back."""

from base64 import b32decode, b64encode
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice
from pytest_django import Settings

from tenants import identity, suspension
from tenants.context import in_tenant
from tenants.identity import TenantIdentity
from tenants.models import Tenant
from tenants.operators import logins, two_factor
from tenants.operators.models import Authenticator
from tenants.roles import Role
from tests.console.conftest import PASSWORD, browser, logged_in
from tests.console.people import at_console
from tests.tenants.audit.logged import entries, last

PAGE, CODE, SECURITY = "/admin/two-factor/", "/admin/login/code/", "/admin/security/"
STEP = timedelta(seconds=30)


@pytest.fixture
def clock() -> Iterator[Any]:
    """A clock that stands until it is moved."""
    with time_machine.travel(datetime.now(UTC), tick=False) as clock:
        yield clock


def code_of(secret: str) -> str:
    """What the app shows at this moment."""
    return f"{TOTP(b32decode(secret)).token():06}"


def begun(client: Client) -> str:
    """The secret that the page shows."""
    page = client.post(PAGE, {"act": "start", "password": PASSWORD}, follow=True)
    secret: str = page.context["secret"]
    assert secret.encode() in page.content
    return secret


def confirmed(secret: str) -> dict[str, str]:
    """The form that switches it on."""
    return {"act": "confirm", "code": code_of(secret)}


def set_up(client: Client, clock: Any) -> tuple[str, list[str]]:
    """The secret and the recovery codes, of a second factor that is on."""
    secret = begun(client)
    page = client.post(PAGE, confirmed(secret))
    assert page.status_code == 200
    codes: list[str] = page.context["codes"]
    clock.shift(STEP)
    return secret, codes


def half_way(host: str = "acme.localhost", username: str = "olga", **more: str) -> Client:
    """A browser after the password."""
    client = browser(host)
    form = {"username": username, "password": PASSWORD, **more}
    answer = client.post("/admin/login/", form)
    assert (answer.status_code, answer.headers.get("Location")) == (302, CODE)
    return client


def is_in(client: Client) -> bool:
    return bool(client.get("/admin/").status_code == 200)


def require(tenant: TenantIdentity) -> None:
    two_factor.require(tenant.id, wanted=True)


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


NEW, FORMER = f"new:{b64encode(b'n' * 32).decode()}", f"old:{b64encode(b'o' * 32).decode()}"


def test_a_rotated_key_lets_everybody_in_and_may_go_then(
    console: Client, acme: TenantIdentity, clock: Any, settings: Settings
) -> None:
    settings.ENCRYPTION_KEYS = [FORMER]
    secret, _ = set_up(console, clock)
    settings.ENCRYPTION_KEYS = [NEW, FORMER]
    assert half_way().post(CODE, {"code": code_of(secret)}).status_code == 302
    with in_tenant(acme):
        assert Authenticator.objects.get().key.startswith("new:")
    settings.ENCRYPTION_KEYS = [NEW]
    clock.shift(STEP)
    assert half_way().post(CODE, {"code": code_of(secret)}).status_code == 302


def test_without_the_key_a_recovery_code_lets_in(
    console: Client, clock: Any, settings: Settings
) -> None:
    settings.ENCRYPTION_KEYS = [FORMER]
    secret, codes = set_up(console, clock)
    settings.ENCRYPTION_KEYS = [NEW]
    client = half_way()
    told = client.post(CODE, {"code": code_of(secret)})
    assert (told.status_code, b"Use a recovery code" in told.content) == (200, True)
    assert client.post(CODE, {"code": codes[0]}).status_code == 302
    assert is_in(client)


def test_one_that_waits_for_its_code_and_cannot_be_opened_is_begun_anew(
    console: Client, clock: Any, settings: Settings
) -> None:
    settings.ENCRYPTION_KEYS = [FORMER]
    begun(console)
    settings.ENCRYPTION_KEYS = [NEW]
    assert console.get(PAGE).status_code == 200
    secret = begun(console)
    assert console.post(PAGE, {"act": "confirm", "code": code_of(secret)}).context["codes"]


def two_factor_is_on(name: str) -> bool:
    with in_tenant(identity.by_name(name)):
        return two_factor.is_on(User.objects.get(username="olga").pk)


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


def test_a_recovery_code_opens_once(console: Client, clock: Any) -> None:
    _, codes = set_up(console, clock)
    client = half_way()
    told = client.post(CODE, {"code": codes[0].upper()}, follow=True)
    assert b"9 are left" in told.content
    assert is_in(client)
    again = half_way()
    again.post(CODE, {"code": codes[0]})
    assert not is_in(again)


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


def test_setting_it_up_ends_the_other_log_ins_and_gives_this_one_another_key(
    console: Client, clock: Any
) -> None:
    other = logged_in("acme.localhost")
    former = console.cookies["signalbus_session"].value
    set_up(console, clock)
    assert not is_in(other)
    assert is_in(console)
    assert console.cookies["signalbus_session"].value != former


def test_a_session_without_a_code_is_nobodys_once_there_is_a_second_factor(
    console: Client, acme: TenantIdentity, clock: Any
) -> None:
    with in_tenant(acme):
        user = User.objects.get(username="olga")
        two_factor.start(user.pk)
        Authenticator.objects.update(confirmed=True)
    assert not is_in(console)


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


def test_nothing_is_kept_that_shows_codes(
    console: Client, acme: TenantIdentity, clock: Any
) -> None:
    secret, codes = set_up(console, clock)
    with in_tenant(acme):
        kept = TOTPDevice.objects.get().key
        tokens = set(StaticToken.objects.values_list("token", flat=True))
    assert kept.startswith("dev1:") or ":" in kept
    assert b32decode(secret).hex() not in kept
    assert not tokens & {code.replace("-", "")[:16] for code in codes}


def test_a_seal_of_acme_opens_nowhere_else(console: Client, acme: TenantIdentity) -> None:
    begun(console)
    with in_tenant(acme):
        device = Authenticator.objects.get()
    connection.set_schema_to_public()
    with pytest.raises(Exception, match="does not open"):
        _ = device.bin_key


def test_a_tenant_that_needs_it_shows_nothing_else_until_then(
    console: Client, acme: TenantIdentity, clock: Any
) -> None:
    viewer = at_console(acme, Role.VIEWER)
    assert is_in(viewer)
    require(acme)
    for path in ("", "notifications/notification/", "password_change/", "sign-ins/", "search/?s=a"):
        answer = viewer.get(f"/admin/{path}")
        assert (answer.status_code, answer.headers.get("Location")) == (302, PAGE), path
    assert viewer.post("/admin/tenants/apikey/add/", {"name": "x"}).headers["Location"] == PAGE
    page = viewer.get(PAGE)
    assert b"nothing else opens before" in page.content
    assert b"/admin/notifications/" not in page.content
    set_up(viewer, clock)
    assert is_in(viewer)


def test_who_may_not_go_on_may_leave(console: Client, acme: TenantIdentity) -> None:
    require(acme)
    assert console.post("/admin/logout/").status_code == 200


def test_another_tenant_needs_nothing(
    console: Client, acme: TenantIdentity, globex: TenantIdentity
) -> None:
    require(acme)
    with in_tenant(globex):
        logins.create_operator("olga", PASSWORD)
    assert is_in(logged_in("globex.localhost"))


def test_switching_off_what_is_needed_leads_back_to_setting_it_up(
    console: Client, acme: TenantIdentity, clock: Any
) -> None:
    set_up(console, clock)
    require(acme)
    console.post(PAGE, {"act": "off", "password": PASSWORD})
    assert console.get("/admin/").headers["Location"] == PAGE


def test_an_owner_says_that_all_need_it_once_they_have_it(
    console: Client, acme: TenantIdentity, clock: Any
) -> None:
    told = console.post(SECURITY, {"require": "yes"}, follow=True)
    assert b"Set up your own second factor first" in told.content
    assert not Tenant.objects.get(pk=acme.id).two_factor_required
    set_up(console, clock)
    console.post(SECURITY, {"require": "yes"})
    assert Tenant.objects.get(pk=acme.id).two_factor_required
    console.post(SECURITY, {"require": "no"})
    assert not Tenant.objects.get(pk=acme.id).two_factor_required


def test_the_page_of_owners_names_those_without(
    console: Client, acme: TenantIdentity, clock: Any
) -> None:
    set_up(console, clock)
    at_console(acme, Role.VIEWER)
    page = console.get(SECURITY)
    assert b"1 of 2 have none" in page.content
    assert [user.username for user in page.context["shown"]] == ["viewer"]


@pytest.mark.parametrize("role", [Role.VIEWER, Role.EDITOR, Role.OPERATOR])
def test_only_owners_say_so(acme: TenantIdentity, role: Role) -> None:
    client = at_console(acme, role)
    assert client.get(SECURITY).status_code == 403
    assert client.post(SECURITY, {"require": "yes"}).status_code == 403


def test_the_platforms_people_need_it_by_the_setting(
    platform: Client, settings: Settings, clock: Any
) -> None:
    assert b"SIGNALBUS_PLATFORM_TWO_FACTOR" in platform.get(SECURITY).content
    settings.PLATFORM_TWO_FACTOR = True
    assert platform.get("/admin/").headers["Location"] == PAGE
    secret, _ = set_up(platform, clock)
    assert is_in(platform)
    client = half_way("localhost", "petra")
    client.post(CODE, {"code": code_of(secret)})
    assert is_in(client)


def test_the_platforms_setting_is_not_the_tenants(console: Client, settings: Settings) -> None:
    settings.PLATFORM_TWO_FACTOR = True
    assert is_in(console)


def test_an_owner_resets_somebodys(console: Client, acme: TenantIdentity, clock: Any) -> None:
    viewer = at_console(acme, Role.VIEWER)
    set_up(viewer, clock)
    with in_tenant(acme):
        user = User.objects.get(username="viewer")
    page = f"/admin/auth/user/{user.pk}/"
    assert b"reset-second-factor" in console.get(f"{page}change/").content
    console.post(f"{page}reset-second-factor/")
    assert not is_in(viewer)
    assert is_in(logged_in("acme.localhost", "viewer"))
    assert b"reset-second-factor" not in console.get(f"{page}change/").content


def test_a_suspended_tenants_people_still_set_it_up(
    console: Client, acme: TenantIdentity, clock: Any
) -> None:
    suspension.suspend(acme.id, "unpaid")
    set_up(console, clock)
    assert two_factor_is_on("acme")


def test_the_log_tells_of_it_and_of_nothing_secret(
    console: Client, acme: TenantIdentity, clock: Any
) -> None:
    secret, codes = set_up(console, clock)
    half_way().post(CODE, {"code": "000000"})
    console.post(SECURITY, {"require": "yes"})
    console.post(PAGE, {"act": "off", "password": PASSWORD})
    told = [
        (entry.object_repr, entry.additional_data["act"], entry.changes) for entry in entries(acme)
    ]
    changed = [change for name, act, change in told if name == "olga" and act == "change"]
    assert any("second factor: confirmed" in change for change in changed)
    assert any(change.get("second factor: confirmed") == [True, None] for change in changed)
    assert any("recovery codes: name" in change for change in changed)
    assert last(acme, act="log in refused").additional_data["detail"].startswith("The code")
    assert any("two_factor_required" in (change or {}) for _, _, change in told)
    said = str([(entry.changes, entry.additional_data) for entry in entries(acme)])
    with in_tenant(acme):
        sealed = list(Authenticator.objects.values_list("key", flat=True))
    assert not any(each in said for each in [secret, *codes, *sealed])


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


def test_without_a_key_ring_it_says_so(console: Client, settings: Settings) -> None:
    settings.ENCRYPTION_KEYS = []
    told = console.post(PAGE, {"act": "start", "password": PASSWORD})
    assert b"The key ring is empty" in told.content


def test_a_key_with_too_long_a_name_is_told(console: Client, settings: Settings) -> None:
    name, _, key = settings.ENCRYPTION_KEYS[0].partition(":")
    settings.ENCRYPTION_KEYS = [f"{name}{'x' * 20}:{key}"]
    told = console.post(PAGE, {"act": "start", "password": PASSWORD})
    assert b"too long a name" in told.content


def test_the_clock_of_a_device_may_be_half_a_minute_off(console: Client, clock: Any) -> None:
    secret, _ = set_up(console, clock)
    clock.shift(STEP)
    late = f"{TOTP(b32decode(secret), t0=30).token():06}"
    assert half_way().post(CODE, {"code": late}).status_code == 302
