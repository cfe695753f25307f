"""Provider accounts in both consoles: limits, breakers, and what tenants inherit."""

from typing import Any

import pytest
from django.test import Client

from delivery.breaker import breakers
from delivery.breaker_rule import IN_A_ROW
from delivery.models import ProviderAccount
from signalbus.bus import lines
from signalbus.core import redis_pool
from tenants import identity
from tenants.context import in_tenant
from tenants.identity import TenantIdentity
from tenants.models import PlatformAccount, Tenant
from tests.make import make_account, make_platform_account

OWN = "/admin/delivery/provideraccount/"
PLATFORMS = "/admin/tenants/platformaccount/"
SECRET = "hunter2-secret"
SIMULATOR = {"name": "trial", "kind": "simulator", "channel": "email", "position": 0}
LIMITS = {"weight": 3, "per_second": "12.5", "burst": 4, "domain_per_second": "0.5"}
SMTP = {
    "name": "house mail",
    "kind": "smtp",
    "channel": "email",
    "options__host": "mail.inside.example",
    "options__from": "shop@example.org",
    "credentials__username": "shop",
    "credentials__password": SECRET,
    "enabled": "on",
    "position": 0,
    "tenant_per_second": "5",
}


def opened(row: ProviderAccount | PlatformAccount) -> None:
    breakers().note([(row.id, True)] * IN_A_ROW)


def test_limits_are_written_and_checked(console: Client, acme: TenantIdentity) -> None:
    made = console.post(f"{OWN}add/", {**SIMULATOR, **LIMITS})
    assert made.status_code == 302, made.context["adminform"].form.errors
    with in_tenant(acme):
        row = ProviderAccount.objects.get()
    assert (row.weight, row.per_second, row.burst, row.domain_per_second) == (3, 12.5, 4, 0.5)
    assert b"12.5/s" in console.get(OWN).content
    wrong = {"weight": 0, "per_second": "0", "burst": -1, "domain_per_second": "x"}
    refused = console.post(f"{OWN}add/", {**SIMULATOR, **wrong, "name": "other"})
    assert set(refused.context["adminform"].form.errors) == set(wrong)


def test_what_is_left_empty_means_no_limit(console: Client, acme: TenantIdentity) -> None:
    empty = dict.fromkeys(LIMITS, "")
    assert console.post(f"{OWN}add/", {**SIMULATOR, **empty}).status_code == 302
    with in_tenant(acme):
        row = ProviderAccount.objects.get()
    assert (row.weight, row.per_second, row.burst, row.domain_per_second) == (1, None, 1, None)


def test_only_email_has_domains(console: Client) -> None:
    form = {**SIMULATOR, "channel": "sms", "domain_per_second": "1"}
    errors = console.post(f"{OWN}add/", form).context["adminform"].form.errors
    assert set(errors) == {"domain_per_second"}


def test_a_breaker_is_shown_and_closed(console: Client, acme: TenantIdentity) -> None:
    row = make_account(acme)
    page = f"{OWN}{row.id}/change/"
    assert b"Close the breaker now" not in console.get(page).content
    opened(row)
    lines.pause("email.high", acme.id, "breaker", seconds=60)
    for address in (OWN, page):
        assert b"tried again in" in console.get(address).content
    assert b"Close the breaker now" in console.get(page).content
    assert console.post(f"{OWN}{row.id}/close_breaker/").status_code == 302
    assert b"Close the breaker now" not in console.get(page).content
    assert lines.pauses([("email.high", acme.id)]) == set(), "its line goes on"
    assert b"close breaker" in console.get(f"{OWN}{row.id}/history/", follow=True).content


def test_without_redis_nobody_claims_to_know(
    console: Client, acme: TenantIdentity, settings: Any
) -> None:
    row = make_account(acme)
    settings.REDIS_URL = ""
    redis_pool.client.cache_clear()
    assert b"not known" in console.get(OWN).content
    answer = console.post(f"{OWN}{row.id}/close_breaker/", follow=True)
    assert b"each worker has a breaker of its own" in answer.content
    redis_pool.client.cache_clear()


def test_the_platform_makes_and_changes_accounts(platform: Client) -> None:
    made = platform.post(f"{PLATFORMS}add/", SMTP)
    assert made.status_code == 302, made.context["adminform"].form.errors
    row = PlatformAccount.objects.get()
    assert row.credentials["password"] == SECRET
    assert row.tenant_per_second == 5
    for page in ("", f"{row.id}/change/", f"{row.id}/history/"):
        assert SECRET.encode() not in platform.get(f"{PLATFORMS}{page}").content
    kept = {**SMTP, "name": "mail", "credentials__password": "", "credentials__username": ""}
    del kept["kind"]  # the page shows it, and has no field for it
    assert platform.post(f"{PLATFORMS}{row.id}/change/", kept).status_code == 302
    row.refresh_from_db()
    assert (row.name, row.credentials["password"]) == ("mail", SECRET)
    errors = platform.post(f"{PLATFORMS}add/", {**SMTP, "options__host": ""})
    assert set(errors.context["adminform"].form.errors) == {"options__host"}


def test_the_platform_closes_a_breaker_for_all(
    platform: Client, acme: TenantIdentity, globex: TenantIdentity
) -> None:
    row = make_platform_account()
    opened(row)
    for tenant in (acme, globex):
        lines.pause("email.bulk", tenant.id, "breaker", seconds=60)
    platform.post(f"{PLATFORMS}{row.id}/close_breaker/")
    assert lines.pauses([("email.bulk", acme.id), ("email.bulk", globex.id)]) == set()


@pytest.mark.parametrize("inherits", [True, False])
def test_a_tenant_sees_what_it_inherits_and_nothing_inside(
    console: Client, acme: TenantIdentity, inherits: bool
) -> None:
    Tenant.objects.filter(id=acme.id).update(inherits_accounts=inherits)
    identity.forget()
    row = make_platform_account(
        "smtp",
        name="house mail",
        options={"host": "mail.inside.example"},
        credentials={"password": SECRET},
    )
    page = console.get(OWN).content
    assert (b"house mail" in page) == inherits
    assert b"inside.example" not in page
    assert SECRET.encode() not in page
    assert console.get(f"{PLATFORMS}{row.id}/change/").status_code == 404
    assert console.get(f"{OWN}{row.id}/change/").status_code == 302, "it is none of its own"


def test_the_platform_lets_a_tenant_do_without(platform: Client, acme: TenantIdentity) -> None:
    address = f"/admin/tenants/tenant/{acme.id}/change/"
    form = {"default_locale": "en", "time_zone": "UTC", "idempotency_hours": 24}
    assert platform.post(address, form).status_code == 302
    assert identity.by_name("acme").inherits_accounts is False
    assert platform.post(address, {**form, "inherits_accounts": "on"}).status_code == 302
    assert identity.by_name("acme").inherits_accounts is True


def test_a_tenant_names_no_mail_server_inside_and_the_platform_may(
    console: Client, platform: Client, acme: TenantIdentity, settings: Any
) -> None:
    settings.OUTBOUND_NETWORKS = []
    inside = {**SMTP, "options__host": "10.1.2.3", "options__imap_host": "127.0.0.1"}
    refused = console.post(f"{OWN}add/", inside).context["adminform"].form.errors
    assert set(refused) == {"options__host", "options__imap_host"}
    assert "SIGNALBUS_OUTBOUND_NETWORKS" in refused["options__host"][0]
    assert platform.post(f"{PLATFORMS}add/", inside).status_code == 302
