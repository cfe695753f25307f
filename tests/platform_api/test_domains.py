"""The host names of tenants' consoles."""

import pytest

from tenants.identity import TenantIdentity
from tenants.models import Domain
from tests.door import Api
from tests.platform_api.conftest import PlatformApi

ACME = "/tenants/acme/domains"


@pytest.fixture(autouse=True)
def _as_before(acme: TenantIdentity) -> None:
    """Tests of others find the two tenants at their hosts."""
    Domain.objects.filter(tenant_id=acme.id).exclude(domain="acme.localhost").delete()
    Domain.objects.get_or_create(domain="acme.localhost", tenant_id=acme.id)


def hosts(platform: PlatformApi) -> dict[str, bool]:
    return {each["domain"]: each["is_primary"] for each in platform.get(ACME).body["results"]}


def test_a_domain_is_added_preferred_and_removed(platform: PlatformApi) -> None:
    assert platform.post(ACME, {"domain": "more.localhost"}).status == 201
    assert hosts(platform) == {"more.localhost": False, "acme.localhost": True}
    assert Api(None, "more.localhost")._client.get("/admin/login/").status_code == 200
    assert platform.patch(f"{ACME}/more.localhost", {"is_primary": True}).status == 200
    assert hosts(platform) == {"more.localhost": True, "acme.localhost": False}
    assert platform.get("/tenants/acme").body["domains"] == ["more.localhost", "acme.localhost"]
    assert platform.patch(f"{ACME}/acme.localhost", {"is_primary": True}).status == 200
    assert platform.delete(f"{ACME}/more.localhost").status == 204
    assert hosts(platform) == {"acme.localhost": True}


def test_the_only_and_the_primary_domain_stay(platform: PlatformApi) -> None:
    only = platform.delete(f"{ACME}/acme.localhost")
    assert (only.status, "the only domain" in only.body["detail"]) == (409, True)
    platform.post(ACME, {"domain": "more.localhost"})
    primary = platform.delete(f"{ACME}/acme.localhost")
    assert (primary.status, "the primary domain" in primary.body["detail"]) == (409, True)
    kept = platform.patch(f"{ACME}/acme.localhost", {"is_primary": False})
    assert (kept.status, kept.pointers) == (409, ["/is_primary"])


@pytest.mark.parametrize(
    ("host", "status"),
    [("globex.localhost", 409), ("localhost", 409), ("127.0.0.1", 409), ("UP.example", 422)],
)
def test_a_domain_that_cannot_be_had_is_refused(
    platform: PlatformApi, host: str, status: int
) -> None:
    refused = platform.post(ACME, {"domain": host})
    assert (refused.status, refused.pointers) == (status, ["/domain"])


def test_a_domain_of_another_tenant_is_not_found(platform: PlatformApi) -> None:
    assert platform.get(f"{ACME}/globex.localhost").status == 404
    assert platform.delete(f"{ACME}/globex.localhost").status == 404
    assert Domain.objects.filter(domain="globex.localhost").exists()
