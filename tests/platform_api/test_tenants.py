"""Tenants made, shown, listed and changed by the platform."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone
from pytest_django import Settings

from notifications import usage
from signalbus.bus.models import Line
from signalbus.platform_api import tenants as views
from tenants import deleting, identity, suspension
from tenants.context import in_tenant
from tenants.identity import TenantIdentity
from tenants.models import Domain, Tenant
from tenants.schemas import count_statements
from tests.bus.line import put
from tests.door import Api
from tests.make import make_key
from tests.platform_api.conftest import PlatformApi
from tests.processes import eventually
from tests.slow_mail import Held

NEW = {"name": "initech", "domain": "initech.localhost"}


def test_a_tenant_is_made_with_all_that_was_asked_for(platform: PlatformApi) -> None:
    more = {"limits": {"sms_per_month": 5}, "weights": {"email.bulk": 3}, "time_zone": "Asia/Tokyo"}
    made = platform.post("/tenants", {**NEW, **more})
    assert made.status == 201
    assert made.body["domains"] == ["initech.localhost"]
    assert {name: made.body[name] for name in more} == more
    assert made.body["invitation"] is None
    tenant = identity.by_name("initech")
    assert Line.objects.get(tenant_id=tenant.id, stream="email.bulk").weight == 3
    assert Api(make_key(tenant)).get("/usage").status == 200


def test_its_first_operator_joins_by_the_link(platform: PlatformApi, settings: Settings) -> None:
    settings.EMAIL_HOST = "mail.example.org"
    settings.BASE_URL = "http://localhost:8000"
    wish = {**NEW, "operator": {"email": "bill@initech.example"}}
    invitation = platform.post("/tenants", wish).body["invitation"]
    assert invitation["role"] == "owner"
    assert invitation["mailed"] is True
    eventually(lambda: mail.outbox)
    (sent,) = mail.outbox
    assert sent.to == ["bill@initech.example"]
    assert invitation["url"] in sent.body
    assert "The platform (tests) invites you" in sent.body
    assert "sb_platform" not in sent.body
    found = re.fullmatch(r"http://initech\.localhost:8000(/admin/join/.+/)", invitation["url"])
    assert found
    page = Api(None, "initech.localhost")._client.get(found[1])
    assert page.status_code == 200


def test_nobody_waits_for_the_mail_server(
    platform: PlatformApi, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.EMAIL_HOST = "mail.example.org"
    mails = Held(monkeypatch)
    wish = {**NEW, "operator": {"email": "bill@initech.example"}}
    assert platform.post("/tenants", wish).body["invitation"]["mailed"] is True
    assert mails.waiting.wait(10)
    mails.answers.set()


def test_a_change_leaves_alone_what_it_does_not_name(
    platform: PlatformApi, acme: TenantIdentity, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An owner asks for a second factor after the row was read."""
    check = views.check_changes

    def meanwhile(changes: Any) -> None:
        Tenant.objects.filter(pk=acme.id).update(two_factor_required=True)
        check(changes)

    monkeypatch.setattr(views, "check_changes", meanwhile)
    assert platform.patch("/tenants/acme", {"idempotency_hours": 48}).status == 200
    tenant = Tenant.objects.get(pk=acme.id)
    Tenant.objects.filter(pk=acme.id).update(idempotency_hours=24)
    assert (tenant.two_factor_required, tenant.idempotency_hours) == (True, 48)


def test_a_tenant_without_a_domain_has_no_console(platform: PlatformApi) -> None:
    assert platform.post("/tenants", {"name": "initech"}).body["console_url"] is None
    assert not Domain.objects.filter(tenant__name="initech").exists()
    alone = {"name": "hooli", "operator": {"email": "gavin@hooli.example"}}
    assert platform.post("/tenants", alone).pointers == ["/operator"]


def test_the_same_key_gets_the_same_answer_and_one_tenant(platform: PlatformApi) -> None:
    first = platform.post("/tenants", NEW, Idempotency_Key="k1")
    again = platform.post("/tenants", NEW, Idempotency_Key="k1")
    assert again.body == first.body
    assert again.headers["Idempotency-Replayed"] == "true"
    other = platform.post("/tenants", {**NEW, "name": "hooli"}, Idempotency_Key="k1")
    assert (other.status, other.kind) == (422, "idempotency-mismatch")


@pytest.mark.parametrize(
    ("wish", "status", "pointer"),
    [
        ({"name": "acme"}, 409, "/name"),
        ({"domain": "acme.localhost"}, 409, "/domain"),
        ({"domain": "localhost"}, 409, "/domain"),
        ({"name": "A B"}, 422, "/name"),
        ({"domain": "https://x.org"}, 422, "/domain"),
        ({"default_locale": "english"}, 422, "/default_locale"),
        ({"time_zone": "Mars/Base"}, 422, "/time_zone"),
        ({"limits": {"sms_per_day": -1}}, 422, "/limits/sms_per_day"),
        ({"weights": {"pigeon.bulk": 1}}, 422, "/weights/pigeon.bulk"),
        ({"weights": {"sms.bulk": 0}}, 422, "/weights/sms.bulk"),
        ({"operator": {"email": "nobody"}}, 422, "/operator/email"),
    ],
)
def test_what_cannot_be_made_is_said_and_not_made(
    platform: PlatformApi, acme: TenantIdentity, wish: dict[str, str], status: int, pointer: str
) -> None:
    before = set(Tenant.objects.served().values_list("name", flat=True))
    refused = platform.post("/tenants", {**NEW, **wish})
    assert (refused.status, refused.pointers) == (status, [pointer])
    assert set(Tenant.objects.served().values_list("name", flat=True)) == before


def test_a_tenant_shows_what_waits_why_and_what_was_used(
    platform: PlatformApi, acme: TenantIdentity, globex: TenantIdentity
) -> None:
    put(3, tenant=acme.id)
    put(2, tenant=globex.id)
    suspension.suspend(acme.id, "unpaid")
    with in_tenant(acme):
        usage.add("live", {"": 7, "email": 9}, None)
        usage.add("test", {"": 100}, None)
        usage.add("live", {"": 50}, timezone.now().date() - timedelta(days=40))
    shown = platform.get("/tenants/acme").body
    assert shown["backlog"]["due"] == 3
    assert shown["backlog"]["oldest_due_at"] == shown["backlog"]["lines"][0]["oldest_due_at"]
    assert [(each["stream"], each["reason"]) for each in shown["pauses"]] == [(None, "suspended")]
    assert shown["usage"] == {"notifications": 7, "deliveries": {"email": 9}}
    assert (shown["state"], shown["suspension_reason"]) == ("suspended", "unpaid")
    assert platform.get("/tenants/globex").body["usage"]["notifications"] == 0


def test_a_pause_shows_no_address(platform: PlatformApi, acme: TenantIdentity) -> None:
    suspension.suspend(acme.id, "Ask ana@example.org.")
    (pause,) = platform.get("/tenants/acme").body["pauses"]
    assert "ana@" not in pause["note"]


def test_a_page_takes_as_many_statements_with_many_tenants(
    platform: PlatformApi, acme: TenantIdentity
) -> None:
    def statements() -> int:
        with count_statements() as counted:
            assert platform.get("/tenants").status == 200
        return sum("notifications_usage" not in text for text in counted.texts)

    statements()  # once to find the key
    few = statements()
    for name in ("initech", "hooli"):
        platform.post("/tenants", {"name": name})
    statements()  # making them may take longer than the key is remembered
    assert statements() == few


def test_tenants_are_listed_in_pages_and_by_state(
    platform: PlatformApi, acme: TenantIdentity, globex: TenantIdentity
) -> None:
    first = platform.get("/tenants", {"limit": 1})
    second = platform.get(first.body["next"])
    names = [answer.body["results"][0]["name"] for answer in (first, second)]
    assert names == ["globex", "acme"]
    suspension.suspend(acme.id, "unpaid")
    listed = platform.get("/tenants", {"state": "suspended"}).body["results"]
    assert [each["name"] for each in listed] == ["acme"]
    named = platform.get("/tenants", {"domain": "globex.localhost"}).body["results"]
    assert [each["name"] for each in named] == ["globex"]
    assert platform.get("/tenants", {"state": "spare"}).status == 400


def test_a_tenant_is_changed_where_it_was_named(
    platform: PlatformApi, acme: TenantIdentity
) -> None:
    Line.objects.create(stream="sms.high", tenant_id=acme.id, weight=5)
    wish = {"two_factor_required": True, "weights": {"email.bulk": 2}, "limits": {"sms_per_day": 3}}
    changed = platform.patch("/tenants/acme", wish)
    assert changed.status == 200
    assert {name: changed.body[name] for name in wish} == wish
    assert changed.body["time_zone"] == "UTC"
    assert identity.by_name("acme").limits.quotas[0].limit == 3
    assert platform.patch("/tenants/acme", {"idempotency_hours": 0}).status == 422
    assert platform.patch("/tenants/nobody", wish).status == 404


def test_a_tenant_gets_another_name_and_keeps_all_else(
    platform: PlatformApi, acme: TenantIdentity, api: Api
) -> None:
    try:
        assert platform.patch("/tenants/acme", {"name": "acme-inc"}).body["name"] == "acme-inc"
        assert platform.get("/tenants/acme").status == 404
        assert platform.get("/tenants/acme-inc").body["domains"] == ["acme.localhost"]
        assert api.get("/usage").status == 200
    finally:
        platform.patch("/tenants/acme-inc", {"name": "acme"})


@pytest.mark.parametrize(("name", "status"), [("globex", 409), ("No Name", 422)])
def test_a_name_that_cannot_be_is_refused(
    platform: PlatformApi, acme: TenantIdentity, name: str, status: int
) -> None:
    refused = platform.patch("/tenants/acme", {"name": name})
    assert (refused.status, refused.pointers) == (status, ["/name"])


def test_a_name_that_the_settings_use_stays(
    platform: PlatformApi, acme: TenantIdentity, settings: Settings
) -> None:
    settings.DEFAULT_TENANT = "acme"
    refused = platform.patch("/tenants/acme", {"name": "acme-inc"})
    assert refused.status == 409
    assert "SIGNALBUS_DEFAULT_TENANT" in refused.body["detail"]


def test_a_tenant_is_suspended_with_a_reason_and_resumed(
    platform: PlatformApi, acme: TenantIdentity, api: Api, globex_api: Api
) -> None:
    assert platform.post("/tenants/acme/suspend", {}).pointers == ["/reason"]
    assert platform.post("/tenants/acme/suspend", {"reason": "unpaid"}).body["state"] == "suspended"
    refused = api.get("/usage")
    assert (refused.status, "unpaid" in refused.body["detail"]) == (403, True)
    assert globex_api.get("/usage").status == 200
    assert platform.post("/tenants/acme/resume").body["state"] == "active"
    assert api.get("/usage").status == 200


def test_nothing_changes_of_a_tenant_that_is_being_deleted(
    platform: PlatformApi, acme: TenantIdentity
) -> None:
    deleting.begin(acme.id)
    assert platform.get("/tenants/acme").body["state"] == "deleting"
    assert platform.patch("/tenants/acme", {"name": "x"}).status == 409
    assert platform.get("/tenants/acme/api-keys").status == 404
    assert platform.post("/tenants/acme/keep").status == 404
