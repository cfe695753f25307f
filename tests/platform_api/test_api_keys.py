"""Keys of tenants, as the platform makes, shows and revokes them."""

from datetime import timedelta

from django.utils import timezone

from tenants import keys
from tenants.context import in_tenant
from tenants.identity import TenantIdentity
from tenants.models import ApiKey
from tenants.operators import logins
from tests.door import Api
from tests.platform_api.conftest import PlatformApi, platform_api

ACME = "/tenants/acme/api-keys"
WISH = {"name": "shop", "scopes": ["read"]}


def test_a_key_is_made_shown_once_and_works(platform: PlatformApi, acme: TenantIdentity) -> None:
    made = platform.post(ACME, WISH, Idempotency_Key="k")
    assert made.status == 201
    assert Api(made.body["key"]).get("/usage").status == 200
    again = platform.post(ACME, WISH, Idempotency_Key="k")
    assert again.body["key"] == made.body["key"]
    (listed,) = platform.get(ACME).body["results"]
    assert (listed["id"], "key" in listed) == (made.body["id"], False)


def test_the_secret_is_repeated_to_the_asking_key_alone(
    platform: PlatformApi, acme: TenantIdentity
) -> None:
    platform.post(ACME, WISH, Idempotency_Key="k")
    again = platform_api("other").post(ACME, WISH, Idempotency_Key="k")
    assert (again.status, again.kind) == (422, "idempotency-mismatch")


def test_a_key_is_revoked_at_once(platform: PlatformApi, acme: TenantIdentity) -> None:
    made = platform.post(ACME, WISH).body
    assert platform.delete(f"{ACME}/{made['id']}").status == 204
    assert platform.get(f"{ACME}/{made['id']}").body["revoked_at"]
    assert Api(made["key"]).get("/usage").status == 401


def test_a_key_of_another_tenant_is_not_found(
    platform: PlatformApi, acme: TenantIdentity, globex: TenantIdentity
) -> None:
    theirs = keys.create_key(globex.id, name="theirs", mode="live").key
    address = f"{ACME}/{theirs.id}"
    assert platform.get(address).status == 404
    assert platform.patch(address, {"limits": {}}).status == 404
    assert platform.delete(address).status == 404
    assert ApiKey.objects.get(id=theirs.id).revoked_at is None


def test_limits_are_those_a_key_of_the_tenant_may_have(
    platform: PlatformApi, acme: TenantIdentity
) -> None:
    platform.patch("/tenants/acme", {"limits": {"sms_per_day": 10}})
    beyond = platform.post(ACME, {**WISH, "limits": {"sms_per_day": 11}})
    assert (beyond.status, beyond.pointers) == (422, ["/limits/sms_per_day"])
    made = platform.post(ACME, {**WISH, "limits": {"sms_per_day": 5}}).body
    changed = platform.patch(f"{ACME}/{made['id']}", {"limits": {"sms_per_day": 7}})
    assert changed.body["limits"] == {"sms_per_day": 7}


def test_a_key_that_could_never_be_used_is_refused(
    platform: PlatformApi, acme: TenantIdentity
) -> None:
    past = (timezone.now() - timedelta(hours=1)).isoformat()
    assert platform.post(ACME, {**WISH, "expires_at": past}).pointers == ["/expires_at"]


def test_whose_own_a_key_is_is_not_told(platform: PlatformApi, acme: TenantIdentity) -> None:
    with in_tenant(acme):
        logins.create_operator("olga@acme.example")
    keys.create_key(acme.id, name="olga's laptop", mode="live", owner_id=1)
    shown = platform.get(ACME)
    assert shown.body["results"][0]["personal"] is True
    assert "olga" not in str(shown.body)
