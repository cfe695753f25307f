"""API keys in the console: everybody has their own, owners make and see all."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from tenants.context import in_tenant
from tenants.identity import TenantIdentity
from tenants.keys import create_key
from tenants.models import ApiKey
from tenants.operators import logins
from tenants.roles import Role
from tests.console.conftest import PASSWORD, logged_in
from tests.console.people import at_console
from tests.console.stories import make_story
from tests.door import Api

KEYS = "/admin/tenants/apikey/"
NEW = {"name": "mine", "mode": "live", "scopes": ["read"]}


def _id(tenant: TenantIdentity, name: str) -> int:
    with in_tenant(tenant):
        return int(User.objects.get(username=name).pk)


def _made(client: Client, **more: Any) -> ApiKey:
    answer = client.post(f"{KEYS}add/", {**NEW, **more})
    assert answer.status_code == 200, answer.content
    return ApiKey.objects.get(name="mine")


@pytest.mark.parametrize(
    ("role", "scopes"),
    [
        (Role.VIEWER, {"read"}),
        (Role.EDITOR, {"read", "send", "manage"}),
        (Role.OPERATOR, {"read", "send", "manage"}),
    ],
)
def test_everybody_makes_keys_of_their_own_within_their_role(
    acme: TenantIdentity, role: Role, scopes: set[str]
) -> None:
    client = at_console(acme, role)
    form = client.get(f"{KEYS}add/").context["adminform"].form
    assert {str(value) for value, _ in form.fields["scopes"].choices} == scopes
    assert "whose" not in form.fields
    assert _made(client, whose="application").owner_id == _id(acme, role.value)


def test_a_viewer_cannot_ask_for_more_than_reading(acme: TenantIdentity) -> None:
    client = at_console(acme, Role.VIEWER)
    refused = client.post(f"{KEYS}add/", {**NEW, "scopes": ["read", "send"]})
    assert b"send is not one of the available choices" in refused.content
    assert not ApiKey.objects.exists()


@pytest.mark.parametrize(("whose", "own"), [("application", False), ("own", True)])
def test_an_owner_says_whose_a_key_is(
    console: Client, acme: TenantIdentity, whose: str, own: bool
) -> None:
    assert _made(console, whose=whose).owner_id == (_id(acme, "olga") if own else None)


def test_others_keys_are_an_owners_business(console: Client, acme: TenantIdentity) -> None:
    theirs = create_key(acme.id, name="of an application", mode="live").key
    client = at_console(acme, Role.OPERATOR)
    mine = _made(client)
    assert [row.pk for row in client.get(KEYS).context["cl"].result_list] == [mine.pk]
    for page in ("change/", "history/"):
        assert client.get(f"{KEYS}{theirs.pk}/{page}").status_code == 302, page
    assert client.post(f"{KEYS}{theirs.pk}/revoke/").status_code == 404
    client.post(KEYS, {"action": "revoke_selected", "_selected_action": [str(theirs.pk)]})
    theirs.refresh_from_db()
    assert theirs.revoked_at is None
    listed = console.get(KEYS)
    assert {row.pk for row in listed.context["cl"].result_list} == {mine.pk, theirs.pk}
    assert b"an application" in listed.content
    assert b"operator" in listed.content
    console.post(f"{KEYS}{mine.pk}/revoke/")
    mine.refresh_from_db()
    assert mine.revoked_at is not None


def test_ones_own_key_is_revoked_but_its_limits_are_an_owners(acme: TenantIdentity) -> None:
    client = at_console(acme, Role.OPERATOR)
    mine = _made(client)
    page = f"{KEYS}{mine.pk}/change/"
    assert client.get(page).status_code == 200
    refused = client.post(page, {"limit_requests_per_second": "1"})
    assert refused.status_code == 403
    assert b"This needs the role owner" in refused.content
    client.post(f"{KEYS}{mine.pk}/revoke/")
    mine.refresh_from_db()
    assert mine.revoked_at is not None


def test_the_platforms_operators_only_look_at_keys(platform: Client, acme: TenantIdentity) -> None:
    logins.create_operator("paul", PASSWORD, role=Role.OPERATOR)
    client = logged_in("localhost", "paul")
    key = create_key(acme.id, name="k", mode="live").key
    assert client.get(KEYS).status_code == 200
    for refused in (
        client.get(f"{KEYS}add/"),
        client.post(f"{KEYS}add/", {**NEW, "tenant": acme.id}),
        client.post(f"{KEYS}{key.pk}/revoke/"),
    ):
        assert refused.status_code == 403
        assert b"This needs the role owner" in refused.content
    assert platform.post(f"{KEYS}add/", {**NEW, "tenant": acme.id}).status_code == 200
    assert ApiKey.objects.get(name="mine").owner_id is None


def test_the_journey_of_a_viewer_who_cannot_redrive(console: Client, acme: TenantIdentity) -> None:
    """Invited in the console; refused there, and in the API with a key of their own."""
    made = console.post(
        "/admin/operators/invitation/add/", {"email": "vera@example.org", "role": "viewer"}
    )
    door = Client(headers={"host": "acme.localhost"})
    path = made.context["link"].removeprefix("http://acme.localhost:8000")
    door.post(path, {"username": "vera", "password1": PASSWORD, "password2": PASSWORD})
    vera = logged_in("acme.localhost", "vera")
    secret = vera.post(f"{KEYS}add/", NEW).context["new"].secret
    story = make_story(acme)
    page = f"/admin/notifications/notification/{story.id}/"
    shown = vera.get(f"{page}change/")
    assert shown.status_code == 200
    assert f"{page}redrive/".encode() not in shown.content
    refused = vera.post(f"{page}redrive/")
    assert refused.status_code == 403
    assert b"This needs the role operator" in refused.content
    api = Api(secret)
    assert api.get(f"/notifications/{story.id}").status == 200
    assert api.post(f"/notifications/{story.id}/redrive").kind == "missing-scope"
    with_send = Api(create_key(acme.id, name="k", mode="live", owner_id=_id(acme, "vera")).secret)
    answer = with_send.post(f"/notifications/{story.id}/redrive")
    assert (answer.status, answer.kind) == (403, "missing-role")
    assert "this needs operator" in answer.body["detail"]


def _asked_before_deactivating(console: Client, tenant: TenantIdentity, name: str) -> str:
    """What an owner is asked who is about to deactivate them."""
    page = console.get(f"/admin/auth/user/{_id(tenant, name)}/change/")
    buttons = [each.button for each in page.context["buttons"]]
    (sure,) = (button.sure for button in buttons if button.name == "deactivate")
    return str(sure)


def test_deactivating_names_the_keys_that_go_on_working(
    acme: TenantIdentity, console: Client
) -> None:
    evan = at_console(acme, Role.OWNER, "evan")
    for name, whose in (("shop", "application"), ("old shop", "application"), ("hers", "own")):
        evan.post(f"{KEYS}add/", {**NEW, "name": name, "whose": whose})
    console.post(f"{KEYS}add/", {**NEW, "name": "other", "whose": "application"})
    console.post(f"{KEYS}{ApiKey.objects.get(name='old shop').pk}/revoke/")
    sure = _asked_before_deactivating(console, acme, "evan")
    assert f"go on working: {ApiKey.objects.get(name='shop')}. Revoke" in sure
    assert "Deactivate them?" in sure


def test_keys_stay_their_makers_whoever_gets_the_name(
    acme: TenantIdentity, console: Client
) -> None:
    evan = at_console(acme, Role.OWNER, "evan")
    evan.post(f"{KEYS}add/", {**NEW, "name": "shop", "whose": "application"})
    page = f"/admin/auth/user/{_id(acme, 'evan')}/change/"
    assert console.post(page, {"username": "eve", "role": "owner"}).status_code == 302
    at_console(acme, Role.OWNER, "evan")
    shop = str(ApiKey.objects.get(name="shop"))
    assert shop in _asked_before_deactivating(console, acme, "eve")
    assert shop not in _asked_before_deactivating(console, acme, "evan")


def test_keys_are_found_by_entries_that_have_a_name_alone(
    acme: TenantIdentity, console: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    evan = at_console(acme, Role.OWNER, "evan")
    monkeypatch.setattr("tenants.audit.actors._user_of", lambda request: "")
    evan.post(f"{KEYS}add/", {**NEW, "name": "shop", "whose": "application"})
    shop = str(ApiKey.objects.get(name="shop"))
    assert shop in _asked_before_deactivating(console, acme, "evan")
