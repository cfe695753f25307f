"""The log by the API: for owners with a live key, each tenant's own."""

from typing import Any

import pytest
from django.contrib.auth.models import User

from tenants import keys
from tenants.context import in_tenant
from tenants.identity import TenantIdentity
from tenants.operators import logins
from tenants.roles import Role
from tests.door import Api
from tests.make import make_key, make_policy


def _own(tenant: TenantIdentity, role: Role) -> Api:
    with in_tenant(tenant):
        logins.create_operator(role.value, "a-long-enough-password", role=role)
        owner = User.objects.get(username=role.value).pk
    return Api(keys.create_key(tenant.id, name="own", mode="live", owner_id=owner).secret)


def _list(api: Api, **query: Any) -> list[dict[str, Any]]:
    answer = api.get("/audit-log", query)
    assert answer.status == 200
    found: list[dict[str, Any]] = answer.body["results"]
    return found


def test_the_newest_comes_first_with_before_and_after(api: Api, acme: TenantIdentity) -> None:
    make_policy(acme)
    api.patch("/policies/person.greeted", {"priority": "high"}, x_request_id="asked-1")
    first = _list(api)[0]
    assert first["changes"] == [{"field": "priority", "before": "normal", "after": "high"}]
    assert (first["act"], first["kind"], first["name"]) == ("change", "policy", "person.greeted")
    assert (first["request_id"], first["address"]) == ("asked-1", "127.0.0.1")


def test_each_filter_finds_its_own(api: Api, acme: TenantIdentity) -> None:
    make_policy(acme)
    own = _own(acme, Role.OWNER)
    own.patch("/policies/person.greeted", {"priority": "high"}, x_request_id="asked-1")
    wanted = _list(api)[0]
    for query in (
        {"actor": wanted["actor"]},
        {"actor": "owner"},
        {"act": "change", "object": wanted["object"], "actor": wanted["actor"]},
        {"kind": "policy", "request_id": "asked-1"},
        {"created_after": wanted["at"]},
    ):
        assert _list(api, **query) == [wanted], query
    assert wanted not in _list(api, created_before=wanted["at"])
    assert _list(api, actor="nobody") == []


def test_pages_go_on_where_the_last_one_ended(api: Api, acme: TenantIdentity) -> None:
    for number in range(5):
        make_policy(acme, f"topic.{number}")
    everything = _list(api)
    answer = api.get("/audit-log", {"limit": "3"})
    following = api.get(answer.body["next"])
    assert answer.body["results"] == everything[:3]
    assert following.body["results"][0] == everything[3]


def test_a_tenant_sees_its_own_only(
    api: Api, globex_api: Api, acme: TenantIdentity, globex: TenantIdentity
) -> None:
    make_policy(acme, "ours.only")
    make_policy(globex, "theirs.only")
    assert "theirs.only" not in str(_list(api))
    assert "ours.only" not in str(_list(globex_api))


@pytest.mark.parametrize("role", list(Role))
def test_of_operators_own_keys_only_an_owners_opens_it(acme: TenantIdentity, role: Role) -> None:
    answer = _own(acme, role).get("/audit-log")
    assert answer.status == (200 if role == Role.OWNER else 403)
    assert role == Role.OWNER or answer.kind == "missing-role"


def test_a_test_key_and_one_that_only_reads_do_not_open_it(
    test_api: Api, acme: TenantIdentity
) -> None:
    assert test_api.get("/audit-log").kind == "live-key-needed"
    reading = Api(make_key(acme, scopes=("read", "send")))
    assert reading.get("/audit-log").kind == "missing-scope"


def test_nothing_is_written_by_the_api(api: Api) -> None:
    assert [api.post("/audit-log", {}).status, api.delete("/audit-log").status] == [405, 405]
