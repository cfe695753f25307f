"""GET /usage."""

from typing import Any

from tenants.identity import TenantIdentity
from tests.door import Api
from tests.make import make_key
from tests.notifications.asking import letter, shipped
from tests.tenants.limited import limit


def by_channel(api: Api) -> dict[str | None, Any]:
    answer = api.get("/usage")
    assert answer.status == 200
    return {each["channel"]: each for each in answer.body["usage"]}


def test_what_was_used_is_shown_by_channel(api: Api) -> None:
    assert by_channel(api)["email"]["today"]["used"] == 0
    api.post("/notify", shipped())
    api.post("/notifications", letter())
    found = by_channel(api)
    used = {name: (each["today"]["used"], each["month"]["used"]) for name, each in found.items()}
    assert used == {None: (2, 2), "email": (2, 2), "sms": (1, 1)}
    assert found["sms"]["today"]["limit"] is found["sms"]["today"]["remaining"] is None


def test_what_is_left_is_shown_with_the_moment_it_opens(api: Api, acme: TenantIdentity) -> None:
    limit(acme, email_per_day=3, notifications_per_month=1, requests_per_second=7)
    api.post("/notifications", letter())
    answer = api.get("/usage").body
    in_all, email, _ = answer["usage"]
    assert (email["today"]["limit"], email["today"]["remaining"]) == (3, 2)
    assert (in_all["month"]["limit"], in_all["month"]["remaining"]) == (1, 0)
    assert email["today"]["opens_at"].endswith("T00:00:00Z")
    assert email["today"]["opens_at"] > answer["at"]
    assert answer["tenant"]["requests_per_second"] == 7
    assert set(answer["key"].values()) == {None}


def test_each_mode_and_tenant_sees_its_own(api: Api, test_api: Api, globex_api: Api) -> None:
    api.post("/notifications", letter())
    assert by_channel(test_api)[None]["today"]["used"] == 0
    assert by_channel(globex_api)[None]["today"]["used"] == 0
    assert (api.get("/usage").body["mode"], test_api.get("/usage").body["mode"]) == ("live", "test")


def test_it_needs_the_scope_read(acme: TenantIdentity) -> None:
    assert Api(make_key(acme, scopes=("send",))).get("/usage").kind == "missing-scope"
