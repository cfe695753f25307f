"""Keys of an operator's own: they may do no more than their owner may at present."""

import pytest
from django.contrib.auth.models import User

from tenants import identity
from tenants.context import in_tenant
from tenants.identity import TenantIdentity
from tenants.keys import digest_of
from tenants.models import ApiKey
from tenants.operators import logins
from tenants.roles import Role
from tests.door import Api
from tests.make import make_key

NEW = {"name": "mine", "scopes": ["read"]}


def make_own(tenant: TenantIdentity, role: Role, **key: object) -> tuple[int, Api]:
    """The id of an operator of that role, and the API with a key of their own."""
    with in_tenant(tenant):
        logins.create_operator(role.value, role=role)
        user = User.objects.get(username=role.value).pk
    return user, Api(make_key(tenant, owner_id=user, **key))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("role", "sends", "tries", "writes", "acts", "owns"),
    [
        (Role.VIEWER, False, False, False, False, False),
        (Role.EDITOR, False, True, True, False, False),
        (Role.OPERATOR, True, True, True, True, False),
        (Role.OWNER, True, True, True, True, True),
    ],
)
def test_what_each_role_opens(
    acme: TenantIdentity,
    role: Role,
    sends: bool,
    tries: bool,
    writes: bool,
    acts: bool,
    owns: bool,
) -> None:
    user, api = make_own(acme, role)
    in_test = Api(make_key(acme, owner_id=user, mode="test"))
    assert api.get("/notifications").status == 200
    for opened, asked in (
        (sends, api.post("/notifications", {})),
        (tries, in_test.post("/notifications", {})),
        (writes, api.post("/policies", {})),
        (acts, api.post("/dead-letters/acknowledge", {})),
        (acts, api.post("/redrives", {})),
        (owns, api.post("/provider-accounts", {})),
    ):
        if opened:
            assert asked.status == 422
        else:
            assert (asked.status, asked.kind) == (403, "missing-role")
            assert f"the role is {role.value}" in asked.body["detail"]


def test_the_role_that_is_needed_is_named(acme: TenantIdentity) -> None:
    _, api = make_own(acme, Role.VIEWER)
    assert "this needs operator" in api.post("/notify", {}).body["detail"]
    assert "this needs editor" in api.post("/templates", {}).body["detail"]
    assert "this needs owner" in api.post("/provider-accounts", {}).body["detail"]


def test_a_scope_that_is_missing_is_not_made_up_for_by_a_role(acme: TenantIdentity) -> None:
    _, api = make_own(acme, Role.OWNER, scopes=("read",))
    assert api.post("/notify", {}).kind == "missing-scope"


def test_a_key_follows_its_owners_role_at_once(acme: TenantIdentity) -> None:
    user, api = make_own(acme, Role.OPERATOR)
    assert api.post("/notify", {}).status == 422
    with in_tenant(acme):
        logins.set_role(user, Role.VIEWER, by=0)
    assert api.post("/notify", {}).kind == "missing-role"


def test_a_key_of_somebody_deactivated_is_dead(acme: TenantIdentity) -> None:
    user, api = make_own(acme, Role.OPERATOR)
    with in_tenant(acme):
        logins.create_operator("olga")
        logins.deactivate(user, by=0)
    answer = api.get("/notifications")
    assert (answer.status, answer.kind) == (401, "unauthenticated")
    assert "may not log in any more" in answer.body["detail"]
    with in_tenant(acme):
        logins.activate(user)
    assert api.get("/notifications").status == 200


def test_a_key_whose_owner_is_not_there_is_dead(acme: TenantIdentity) -> None:
    assert Api(make_key(acme, owner_id=1_000_000)).get("/notifications").status == 401


def test_an_owner_of_the_same_number_in_another_tenant_counts_for_nothing(
    acme: TenantIdentity, globex: TenantIdentity
) -> None:
    with in_tenant(globex):
        logins.create_operator("greta")
        theirs = User.objects.get(username="greta").pk
    with in_tenant(acme):
        User.objects.filter(pk=theirs).delete()
    assert Api(make_key(acme, owner_id=theirs)).get("/notifications").status == 401


def test_only_owners_see_the_keys_of_others(acme: TenantIdentity) -> None:
    make_key(acme)
    _, api = make_own(acme, Role.OPERATOR)
    others = ApiKey.objects.get(owner_id=None)
    assert [each["owner"] for each in api.get("/api-keys").body["results"]] == ["operator"]
    assert api.get(f"/api-keys/{others.id}").status == 404
    assert api.delete(f"/api-keys/{others.id}").status == 404
    _, owners = make_own(acme, Role.OWNER)
    shown = {each["owner"] for each in owners.get("/api-keys").body["results"]}
    assert shown == {None, "operator", "owner"}
    assert owners.delete(f"/api-keys/{others.id}").status == 204


def test_a_key_of_ones_own_makes_keys_of_ones_own(acme: TenantIdentity) -> None:
    user, api = make_own(acme, Role.OPERATOR)
    made = api.post("/api-keys", NEW)
    assert (made.status, made.body["owner"]) == (201, "operator")
    assert ApiKey.objects.get(id=made.body["id"]).owner_id == user
    refused = api.post("/api-keys", {**NEW, "personal": False})
    assert (refused.status, refused.kind) == (403, "missing-role")
    changed = api.patch(f"/api-keys/{made.body['id']}", {"limits": {}})
    assert (changed.status, changed.kind) == (403, "missing-role")
    assert api.delete(f"/api-keys/{made.body['id']}").status == 204


def test_an_owner_chooses_whose_a_new_key_is(acme: TenantIdentity) -> None:
    _, api = make_own(acme, Role.OWNER)
    assert api.post("/api-keys", NEW).body["owner"] == "owner"
    assert api.post("/api-keys", {**NEW, "personal": False}).body["owner"] is None


def test_an_applications_key_makes_no_personal_ones(api: Api) -> None:
    assert api.post("/api-keys", NEW).body["owner"] is None
    refused = api.post("/api-keys", {**NEW, "personal": True})
    assert (refused.status, refused.pointers) == (422, ["/personal"])


def test_an_applications_key_asks_for_no_role(acme: TenantIdentity) -> None:
    secret = make_key(acme)
    Api(secret).get("/notifications")
    found = identity.by_digest(digest_of(secret))
    assert found is not None
    assert found.role is None
