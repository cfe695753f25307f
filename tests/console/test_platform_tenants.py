"""Tenants in the platform's console: how it stands with them, and deleting one."""

from django.test import Client

from notifications import usage
from signalbus.bus import lines
from tenants import deleting, identity, provisioning
from tenants.context import in_tenant
from tenants.identity import TenantIdentity
from tenants.models import State, Tenant
from tenants.operators import logins
from tenants.roles import Role
from tenants.schemas import count_statements
from tests.bus.line import put
from tests.console.conftest import PASSWORD, PLATFORM_HOST, logged_in

LIST = "/admin/tenants/tenant/"


def page_of(tenant: TenantIdentity, button: str = "") -> str:
    return f"{LIST}{tenant.id}/{f'{button}/' if button else 'change/'}"


def test_the_list_tells_what_waits_what_holds_it_up_and_what_was_used(
    platform: Client, acme: TenantIdentity, globex: TenantIdentity
) -> None:
    put(1234, tenant=acme.id)
    lines.pause("email.bulk", acme.id, "guard", "Too much bounced.")
    with in_tenant(acme):
        usage.add("live", {"": 7001, "email": 6002}, None)
    shown = platform.get(LIST).content.decode()
    for words in ("1,234", "email.bulk: guard", "7,001", "6,002 email", "globex"):
        assert words in shown


def test_a_page_takes_as_many_statements_with_many_tenants(
    platform: Client, acme: TenantIdentity
) -> None:
    def statements() -> int:
        platform.get(LIST)  # once to fill what is remembered
        with count_statements() as counted:
            assert platform.get(LIST).status_code == 200
        return sum("notifications_usage" not in text for text in counted.texts)

    few = statements()
    for name in ("initech", "hooli"):
        provisioning.create_tenant(name, f"{name}.localhost")
    assert statements() == few


def test_deleting_wants_the_name_typed(platform: Client, acme: TenantIdentity) -> None:
    refused = platform.post(page_of(acme, "end"), {"reason": "globex"}, follow=True)
    assert b"Type the tenant&#x27;s name" in refused.content
    assert not identity.by_name("acme").is_suspended
    done = platform.post(page_of(acme, "end"), {"reason": "acme"}, follow=True)
    assert b"It can be kept until then" in done.content
    assert identity.by_name("acme").is_suspended
    assert b"Keep it after all" in done.content
    assert b"to be deleted <time" in platform.get(LIST).content
    kept = platform.post(page_of(acme, "keep"), follow=True)
    assert b"acme is kept" in kept.content
    assert not identity.by_name("acme").is_suspended


def test_one_that_is_being_deleted_is_shown_and_left_alone(
    platform: Client, acme: TenantIdentity
) -> None:
    deleting.begin(acme.id)
    assert b"deleting" in platform.get(LIST).content
    page = platform.get(page_of(acme))
    assert page.status_code == 200
    for title in (b"Keep it after all", b">Resume", b">Rename"):
        assert title not in page.content
    refused = platform.post(page_of(acme, "keep"), follow=True)
    assert b"there is no way back" in refused.content


def test_a_tenant_is_renamed(platform: Client, acme: TenantIdentity) -> None:
    try:
        done = platform.post(page_of(acme, "rename"), {"reason": "acme-inc"}, follow=True)
        assert b"acme is called acme-inc now" in done.content
        assert identity.by_name("acme-inc").id == acme.id
        taken = platform.post(page_of(acme, "rename"), {"reason": "globex"}, follow=True)
        assert b"exists already" in taken.content
    finally:
        Tenant.objects.filter(id=acme.id).update(name="acme")


def test_only_owners_rename_and_delete(platform: Client, acme: TenantIdentity) -> None:
    logins.create_operator("otto", PASSWORD, role=Role.OPERATOR)
    otto = logged_in(PLATFORM_HOST, "otto")
    for button in ("rename", "end", "keep"):
        assert otto.post(page_of(acme, button), {"reason": "acme"}).status_code == 403
    assert Tenant.objects.get(id=acme.id).state == State.ACTIVE
    assert otto.get("/admin/tenants/platformkey/").status_code == 403
    assert otto.get(LIST).status_code == 200


def test_a_key_of_the_platform_is_made_shown_once_and_revoked(platform: Client) -> None:
    made = platform.post("/admin/tenants/platformkey/add/", {"name": "portal"})
    assert "no-store" in made.headers["Cache-Control"]
    new = made.context["new"]
    assert new.secret in made.content.decode()
    assert new.secret not in platform.get("/admin/tenants/platformkey/").content.decode()
    door = {"Authorization": f"Bearer {new.secret}"}
    assert Client().get("/api/platform/v1/tenants", headers=door).status_code == 200
    platform.post(f"/admin/tenants/platformkey/{new.key.pk}/revoke/")
    assert Client().get("/api/platform/v1/tenants", headers=door).status_code == 401
