"""Nothing that the platform is shown names somebody a tenant talks to, or opens anything."""

from signalbus.core.ids import new_id
from tenants.context import in_tenant
from tenants.identity import TenantIdentity
from tests.console.everything import fill
from tests.make import make_account
from tests.platform_api.conftest import PlatformApi

PLACES = (
    "/tenants",
    "/tenants/acme",
    "/tenants/acme/domains",
    "/tenants/acme/api-keys",
)
SECRET = "correct-horse-battery"


def test_no_address_and_no_secret_of_a_tenant_is_shown(
    platform: PlatformApi, acme: TenantIdentity
) -> None:
    fill(acme, "zelda")
    make_account(acme, "smtp", name=f"{new_id()}", credentials={"password": SECRET})
    for place in PLACES:
        answer = platform.get(place)
        assert answer.status == 200
        assert "@" not in str(answer.body)
        assert SECRET not in str(answer.body)
    with in_tenant(acme):
        assert "zelda account" not in str(platform.get("/tenants/acme").body)
