"""Limits in the consoles, and by command."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from tenants import identity
from tenants.identity import TenantIdentity
from tenants.models import ApiKey, Tenant
from tests.door import Api
from tests.make import make_key
from tests.notifications.asking import letter
from tests.tenants.limited import limit

PLACES = {"default_locale": "en", "time_zone": "UTC", "idempotency_hours": "24"}
PLACES["inherits_accounts"] = "on"


def test_the_platform_sets_a_tenants_limits(platform: Client, acme: TenantIdentity) -> None:
    address = f"/admin/tenants/tenant/{acme.id}/change/"
    wish = {"limit_sms_per_day": "500", "limit_requests_per_second": "off"}
    assert platform.post(address, {**PLACES, **wish}).status_code == 302
    row = Tenant.objects.get(id=acme.id)
    assert row.limits == {"sms_per_day": 500, "requests_per_second": None}
    found = identity.by_name("acme").limits
    assert (found.requests, [quota.name for quota in found.quotas]) == (None, ["sms_per_day"])
    shown = platform.get(address).content.decode()
    assert 'value="500"' in shown
    assert 'value="off"' in shown


def test_the_help_of_limits_writes_channels_as_people_do(
    platform: Client, acme: TenantIdentity
) -> None:
    page = platform.get(f"/admin/tenants/tenant/{acme.id}/change/").content.decode()
    for words in ("Deliveries by SMS in a day", "Deliveries by e-mail in any minute"):
        assert words in page
    assert "by sms" not in page


@pytest.mark.parametrize(
    ("own", "holds"),
    [({}, "2000 unless set"), ({"requests_per_second": 7}, "14 unless set")],
)
def test_an_empty_burst_says_what_is_in_force(
    platform: Client, acme: TenantIdentity, own: dict[str, int], holds: str
) -> None:
    limit(acme, **own)
    page = platform.get(f"/admin/tenants/tenant/{acme.id}/change/").context["adminform"]
    field = page.form.fields["limit_requests_burst"]
    assert field.widget.attrs["placeholder"] == holds


def test_a_keys_burst_follows_from_its_own_rate_or_its_tenants(
    console: Client, acme: TenantIdentity
) -> None:
    make_key(acme)
    key = ApiKey.objects.get()
    for own, holds in (({}, "as the tenant"), ({"requests_per_second": 7}, "14 unless set")):
        ApiKey.objects.filter(id=key.id).update(limits=own)
        form = console.get(f"/admin/tenants/apikey/{key.id}/change/").context["adminform"].form
        assert form.fields["limit_requests_burst"].widget.attrs["placeholder"] == holds


def test_a_wrong_limit_is_told_at_its_field(platform: Client, acme: TenantIdentity) -> None:
    address = f"/admin/tenants/tenant/{acme.id}/change/"
    answer = platform.post(address, {**PLACES, "limit_sms_per_day": "many"})
    assert b"A whole number is expected" in answer.content
    assert Tenant.objects.get(id=acme.id).limits == {}


def test_a_keys_limits_are_set_and_changed(console: Client, acme: TenantIdentity) -> None:
    limit(acme, requests_per_second=100)
    listing = "/admin/tenants/apikey/"
    form = {"name": "orders", "mode": "live", "scopes": ["read"]}
    refused = console.post(f"{listing}add/", {**form, "limit_requests_per_second": "101"})
    assert b"a key gets at most that" in refused.content
    shown = console.post(f"{listing}add/", {**form, "limit_requests_per_second": "50"})
    key = ApiKey.objects.get(name="orders")
    assert key.limits == {"requests_per_second": 50}
    page = f"{listing}{key.id}/change/"
    assert b'value="50"' in console.get(page).content
    assert console.post(page, {"limit_notifications_per_minute": "9"}).status_code == 302
    key.refresh_from_db()
    assert (key.name, key.limits) == ("orders", {"notifications_per_minute": 9})
    assert Api(shown.context["new"].secret).get("/policies").status == 200


def test_the_platform_sets_the_limits_of_any_key(platform: Client, acme: TenantIdentity) -> None:
    limit(acme, requests_per_second=100)
    form = {"tenant": acme.id, "name": "x", "mode": "live", "scopes": ["read"]}
    address = "/admin/tenants/apikey/add/"
    refused = platform.post(address, {**form, "limit_requests_per_second": "101"})
    assert b"a key gets at most that" in refused.content
    platform.post(address, {**form, "limit_requests_per_second": "100"})
    assert ApiKey.objects.get().limits == {"requests_per_second": 100}


def test_the_start_page_shows_use_and_quotas(console: Client, acme: TenantIdentity) -> None:
    limit(acme, email_per_day=2, email_per_month=1000)
    api = Api(make_key(acme))
    for _ in range(2):
        api.post("/notifications", letter())
    page = console.get("/admin/").content.decode()
    assert "Live use and quotas" in page
    assert "2 of 2" in page
    assert "2 of 1,000" in page
    assert page.count("used up") >= 1


def test_a_command_sets_and_shows_them(acme: TenantIdentity) -> None:
    told = StringIO()
    call_command("set_limits", "acme", "sms_per_day=5", "requests_per_second=off", stdout=told)
    assert Tenant.objects.get(id=acme.id).limits == {"sms_per_day": 5, "requests_per_second": None}
    assert "sms_per_day                  5" in told.getvalue()
    call_command("set_limits", "acme", "sms_per_day=default", stdout=told)
    assert Tenant.objects.get(id=acme.id).limits == {"requests_per_second": None}


def test_a_command_sets_those_of_a_key(acme: TenantIdentity, globex: TenantIdentity) -> None:
    limit(acme, sms_per_day=100)
    prefix = make_key(acme)[:14]
    told = StringIO()
    call_command("set_limits", "acme", "sms_per_day=5", key=prefix, stdout=told)
    assert ApiKey.objects.get().limits == {"sms_per_day": 5}
    assert "sms_per_day                  5" in told.getvalue()
    assert Tenant.objects.get(id=acme.id).limits == {"sms_per_day": 100}
    call_command("set_limits", "acme", "sms_per_day=default", key=f"{prefix}…", stdout=told)
    assert ApiKey.objects.get().limits == {}
    for tenant, change in (("acme", "sms_per_day=101"), ("globex", "sms_per_day=1")):
        with pytest.raises(CommandError):
            call_command("set_limits", tenant, change, key=prefix, stdout=StringIO())


def test_a_keys_page_shows_how_far_it_has_come(
    console: Client, platform: Client, acme: TenantIdentity
) -> None:
    limits = {"email_per_day": 5, "sms_per_month": 7}
    api = Api(make_key(acme, limits=limits))
    api.post("/notifications", letter())
    page = f"/admin/tenants/apikey/{ApiKey.objects.get().id}/change/"
    for browser in (console, platform):
        shown = browser.get(page).content.decode()
        assert "email_per_day: 1 of 5, whole again" in shown
        assert "sms_per_month: 0 of 7, whole again" in shown
    ApiKey.objects.update(limits={"email_per_minute": 5})
    assert "Used of its quotas" not in console.get(page).content.decode()


@pytest.mark.parametrize("change", ["nonsense=1", "sms_per_day", "sms_per_day=-1"])
def test_a_command_refuses_what_is_no_limit(acme: TenantIdentity, change: str) -> None:
    with pytest.raises(CommandError):
        call_command("set_limits", "acme", change, stdout=StringIO())
    assert Tenant.objects.get(id=acme.id).limits == {}
