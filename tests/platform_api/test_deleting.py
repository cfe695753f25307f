"""Deleting a tenant by the API: typed, with a grace time, and kept after all."""

from tenants.identity import TenantIdentity
from tests.door import Api
from tests.platform_api.conftest import PlatformApi

ACME = "/tenants/acme"


def test_the_name_has_to_be_typed(platform: PlatformApi, acme: TenantIdentity) -> None:
    for body in ({}, {"confirm": "globex"}, {"confirm": "ACME"}):
        assert platform.post(f"{ACME}/delete", body).pointers == ["/confirm"]
    assert platform.get(ACME).body["delete_at"] is None


def test_it_is_suspended_meanwhile_and_can_be_kept(
    platform: PlatformApi, acme: TenantIdentity, api: Api, globex_api: Api
) -> None:
    ending = platform.post(f"{ACME}/delete", {"confirm": "acme"})
    assert ending.status == 200
    assert (ending.body["state"], bool(ending.body["delete_at"])) == ("suspended", True)
    assert api.get("/usage").status == 403
    assert globex_api.get("/usage").status == 200
    refused = platform.post(f"{ACME}/resume")
    assert (refused.status, refused.kind) == (409, "conflict")
    kept = platform.post(f"{ACME}/keep")
    assert (kept.body["state"], kept.body["delete_at"]) == ("active", None)
    assert api.get("/usage").status == 200


def test_there_is_no_delete_by_one_stray_request(
    platform: PlatformApi, acme: TenantIdentity
) -> None:
    assert platform.delete(ACME).status == 405
