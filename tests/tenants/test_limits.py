"""The table of limits, and what may be set of it."""

from pathlib import Path
from typing import Any

import pytest

from signalbus.core.env import Environment
from signalbus.core.errors import SettingError
from tenants import limits
from tenants.identity import TenantIdentity
from tenants.limit_checks import LimitsError, check_key, check_tenant, parsed
from tenants.limits import LIMITS, NONE, Period, Subject, of_key, of_tenant
from tenants.models import ApiKey
from tests.door import Api
from tests.make import make_key
from tests.tenants.limited import limit


def test_the_table_holds_until_somebody_says_otherwise() -> None:
    found = of_tenant({}, {})
    assert found.requests is not None
    assert (found.requests.number, found.requests.burst) == (1000, 2000)
    assert (found.notifications, found.quotas) == (None, ())


def test_a_tenants_own_number_goes_before_the_installations() -> None:
    installation = {"requests_per_second": 10, "sms_per_day": 5, "email_per_day": 7}
    found = of_tenant(installation, {"requests_per_second": 20, "sms_per_day": None})
    assert found.requests is not None
    assert (found.requests.number, found.requests.burst) == (20, 40)
    (quota,) = found.quotas
    assert (quota.channel, quota.period, quota.limit) == ("email", Period.DAY, 7)


def test_a_key_has_only_its_own() -> None:
    assert of_key({}) == NONE
    assert of_key({"requests_per_second": 3}).requests is not None


@pytest.mark.parametrize(
    ("wish", "at"),
    [
        ({"nonsense": 1}, "nonsense"),
        ({"wrong_keys_per_minute": 1}, "wrong_keys_per_minute"),
        ({"sms_per_day": -1}, "sms_per_day"),
        ({"sms_per_day": 1.5}, "sms_per_day"),
        ({"sms_per_day": True}, "sms_per_day"),
        ({"sms_per_day": "1"}, "sms_per_day"),
        ({"requests_per_second": 0}, "requests_per_second"),
        ([], ""),
    ],
)
def test_what_a_tenant_cannot_have_is_told_by_its_name(wish: Any, at: str) -> None:
    with pytest.raises(LimitsError) as refused:
        check_tenant(wish)
    assert list(refused.value.faults) == [at]


def test_every_number_of_the_table_can_be_set_and_switched_off() -> None:
    for subject, check in (
        (Subject.TENANT, check_tenant),
        (Subject.KEY, lambda w: check_key(w, NONE)),
    ):
        for number in (5, None):
            check(dict.fromkeys(limits.names_of(subject), number))


def test_settings_are_read_and_what_is_wrong_in_them_fails_at_boot() -> None:
    assert parsed("sms_per_day=5, requests_per_second=off") == {
        "sms_per_day": 5,
        "requests_per_second": None,
    }
    env = Environment({"LIMITS": "sms_per_day=x,nonsense=1"})
    env.converted("LIMITS", None, "limits", kind="list of limits", convert=parsed)
    with pytest.raises(SettingError, match=r"sms_per_day: .* nonsense: There is no such limit"):
        env.check()


def test_networks_are_read_and_what_is_none_fails_at_boot() -> None:
    env = Environment({"GOOD": "10.0.0.0/8, ::1", "BAD": "10.0.0.1/8"})
    assert [str(each) for each in env.networks("GOOD", "proxies")] == ["10.0.0.0/8", "::1/128"]
    env.networks("BAD", "proxies")
    with pytest.raises(SettingError, match="BAD must be a comma-separated list of networks"):
        env.check()


def test_every_line_of_the_table_says_what_it_means() -> None:
    assert all(limit.meaning and limit.of for limit in LIMITS.values())


def test_keys_get_limits_by_the_api(api: Api) -> None:
    made = api.post(
        "/api-keys", {"name": "x", "scopes": ["read"], "limits": {"requests_per_second": 5}}
    )
    assert (made.status, made.body["limits"]) == (201, {"requests_per_second": 5})
    address = f"/api-keys/{made.body['id']}"
    changed = api.patch(address, {"limits": {"notifications_per_minute": 9}})
    assert changed.body["limits"] == {"notifications_per_minute": 9}
    assert api.patch(address, {}).body["limits"] == {"notifications_per_minute": 9}
    answer = Api(made.body["key"]).get("/policies")
    assert '"key"' not in answer.headers["RateLimit-Policy"]
    assert api.patch(address, {"name": "y"}).pointers == ["/name"]


@pytest.mark.parametrize(
    ("wish", "pointers"),
    [
        (
            {"nonsense": 1, "wrong_keys_per_minute": 5},
            ["/limits/nonsense", "/limits/wrong_keys_per_minute"],
        ),
        ({"requests_per_second": 0}, ["/limits/requests_per_second"]),
        ({"requests_per_second": 101}, ["/limits/requests_per_second"]),
        ({"requests_burst": 5}, ["/limits/requests_burst"]),
        ({"requests_per_second": "5"}, ["/limits/requests_per_second"]),
    ],
)
def test_limits_that_a_key_cannot_have_are_pointed_at(
    api: Api, acme: TenantIdentity, wish: Any, pointers: list[str]
) -> None:
    limit(acme, requests_per_second=100)
    own = api.get("/api-keys").body["results"][0]["id"]
    new = api.post("/api-keys", {"name": "x", "scopes": ["read"], "limits": wish})
    changed = api.patch(f"/api-keys/{own}", {"limits": wish})
    assert (new.status, changed.status) == (422, 422)
    assert new.pointers == changed.pointers == pointers


def test_a_limited_key_grants_no_more_than_it_may_itself(acme: TenantIdentity) -> None:
    api = Api(make_key(acme))
    ApiKey.objects.update(limits={"requests_per_second": 50})
    for wish in (
        {},
        {"requests_per_second": 51},
        {"requests_per_second": 50, "requests_burst": 101},
    ):
        refused = api.post("/api-keys", {"name": "x", "scopes": ["read"], "limits": wish})
        assert refused.status == 422
        assert refused.pointers[0].startswith("/limits/requests_")
    body = {"name": "x", "scopes": ["read"], "limits": {"requests_per_second": 50}}
    assert api.post("/api-keys", body).status == 201


def test_a_test_key_changes_no_live_key(api: Api, test_api: Api) -> None:
    live = api.post("/api-keys", {"name": "live", "scopes": ["send"]}).body["id"]
    assert test_api.patch(f"/api-keys/{live}", {"limits": {}}).status == 404


def test_the_documents_table_is_the_codes() -> None:
    page = (Path(__file__).parents[2] / "docs" / "limits.md").read_text()
    rows = [
        f"| `{name}` | {', '.join(line.of)} | {'none' if line.default is None else line.default} "
        f"| {line.meaning} |"
        for name, line in LIMITS.items()
    ]
    assert "\n".join(rows) in page
