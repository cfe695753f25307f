"""Changes of watched models stand in the log: before and after, and who made them."""

from typing import Any

import pytest
from auditlog.registry import auditlog
from django.apps import apps
from django.contrib.auth.models import User

from notifications.models import Policy, Recipient
from tenants import keys
from tenants.audit.registry import WATCHED
from tenants.context import in_tenant
from tenants.identity import TenantIdentity
from tenants.models import ApiKey
from tenants.operators import logins, two_factor
from tenants.roles import Role
from tests.door import Api
from tests.make import make_account, make_policy, make_recipient, make_suppression
from tests.tenants.audit.logged import acts, entries, last

HOT = ("notification", "delivery", "attempt", "receipt", "deadletter", "outboxentry", "batch")


def test_only_what_is_listed_is_watched() -> None:
    assert {model._meta.label_lower for model in auditlog.get_models()} == set(WATCHED)
    assert not [label for label in WATCHED if label.partition(".")[2] in HOT]


def test_a_change_by_the_api_tells_before_and_after_and_by_which_key(
    api: Api, acme: TenantIdentity, globex: TenantIdentity
) -> None:
    make_policy(acme, "person.greeted")
    assert api.patch("/policies/person.greeted", {"priority": "high"}).status == 200
    entry = last(acme)
    assert entry.changes == {"priority": ["normal", "high"]}
    assert entry.object_repr == "person.greeted"
    assert entry.additional_data["actor"].startswith("key sb_live_")
    assert entry.remote_addr == "127.0.0.1"
    assert entries(globex) == []


def test_the_request_is_named(api: Api, acme: TenantIdentity) -> None:
    make_policy(acme, "person.greeted")
    api.patch("/policies/person.greeted", {"priority": "high"}, x_request_id="asked-1")
    assert last(acme).cid == "asked-1"


def test_what_is_refused_is_not_there(api: Api, acme: TenantIdentity) -> None:
    make_policy(acme, "person.greeted")
    before = acts(acme)
    refused = {"channels": [{"channel": "email", "template": "nowhere"}]}
    assert api.patch("/policies/person.greeted", refused).status == 422
    assert acts(acme) == before


def test_an_operators_key_names_its_owner(acme: TenantIdentity) -> None:
    with in_tenant(acme):
        logins.create_operator("olga", "a-long-enough-password", role=Role.OWNER)
        owner = User.objects.get(username="olga").pk
    new = keys.create_key(acme.id, name="own", mode="live", owner_id=owner)
    make_policy(acme, "person.greeted")
    assert Api(new.secret).patch("/policies/person.greeted", {"priority": "high"}).status == 200
    assert last(acme).additional_data["owner"] == "olga"


def test_channels_are_told_as_their_policys(api: Api, acme: TenantIdentity) -> None:
    make_policy(acme, "person.greeted", channels=("email",))
    channels = [{"channel": "sms", "template": "greeting"}]
    assert api.patch("/policies/person.greeted", {"channels": channels}).status == 200
    told: dict[str, Any] = {}
    for entry in entries(acme, act="change"):
        assert entry.object_repr == "person.greeted" or "greeting" in entry.object_repr
        told |= entry.changes
    assert {"channel email: template", "channel sms: template"} <= set(told)


def test_a_policy_that_goes_is_kept_in_the_log(api: Api, acme: TenantIdentity) -> None:
    make_policy(acme, "person.greeted")
    with in_tenant(acme):
        key = str(Policy.objects.get(topic="person.greeted").pk)
    assert api.delete("/policies/person.greeted").status == 204
    entry = last(acme, act="delete")
    assert entry.object_pk == key
    assert entry.changes["topic"] == ["person.greeted", None]


def test_credentials_are_never_there(api: Api, acme: TenantIdentity) -> None:
    account = make_account(acme, "smtp", options={"host": "smtp.example.org", "from": "a@b.org"})
    secret = {"credentials": {"username": "shop", "password": "hunter-2-2"}}
    assert api.patch(f"/provider-accounts/{account.id}", secret).status == 200
    entry = last(acme)
    assert entry.changes == {"credentials": ["", "hidden"]}
    assert "hunter" not in str([vars(each) for each in entries(acme)])


def test_credentials_that_are_only_sealed_anew_are_no_change(acme: TenantIdentity) -> None:
    account = make_account(acme, credentials={"token": "hunter-2-2"})
    with in_tenant(acme):
        account.credentials = {"token": "hunter-2-2"}
        account.position = 3
        account.save()
    assert last(acme).changes == {"position": [0, 3]}


def test_people_are_not_to_be_reached_by_the_log(api: Api, acme: TenantIdentity) -> None:
    make_recipient(acme, "ana@example.org", attributes={"street": "Rue Cler"})
    make_suppression(acme, "ana@example.org", note="ana@example.org asked")
    changed = {"email": "zoe@example.org", "attributes": {"street": "Rue Daru"}}
    assert api.patch("/recipients/ana@example.org", changed).status == 200
    with in_tenant(acme):
        Recipient.objects.get().delete()
    shown = str([vars(each) for each in entries(acme)])
    for secret in ("ana@example.org", "zoe@example.org", "Rue", "+33612345678"):
        assert secret not in shown
    assert "a**@example.org" in shown


def test_keys_and_passwords_are_never_there(acme: TenantIdentity) -> None:
    secret = keys.create_key(acme.id, name="shop", mode="live").secret
    with in_tenant(acme):
        logins.create_operator("olga", "a-long-enough-password")
    shown = str([vars(each) for each in (*entries(), *entries(acme))])
    digest = ApiKey.objects.get(name="shop").digest
    for hidden in (secret, bytes(digest).hex(), str(bytes(digest)), "md5$", "pbkdf2", "argon2"):
        assert hidden not in shown


def test_what_the_platform_does_to_a_tenant_stands_in_both_logs(
    acme: TenantIdentity, globex: TenantIdentity
) -> None:
    keys.create_key(acme.id, name="by hand", mode="live")
    ours, theirs = last(acme), last()
    assert ours.object_pk == theirs.object_pk
    assert ours.additional_data["actor"] == f"platform: {theirs.additional_data['actor']}"
    assert ours.remote_addr is None
    assert entries(globex) == []


@pytest.mark.parametrize("label", sorted(WATCHED))
def test_every_watched_model_says_what_it_is_called(label: str) -> None:
    """No secret by its name stands among the fields that are told in full."""
    watched = WATCHED[label]
    told = {field.name for field in apps.get_model(label)._meta.concrete_fields}
    told -= watched.left_out | watched.hidden | watched.masked
    assert not told & {"digest", "sealed", "password", "key", "token", "address", "attributes"}


def test_second_factors_are_told_as_their_users(acme: TenantIdentity) -> None:
    with in_tenant(acme):
        logins.create_operator("olga", "a-long-enough-password")
        owner = User.objects.get(username="olga").pk
        device = two_factor.start(owner)
        secret = two_factor.secret_of(device)
        device.confirmed = True
        device.save()
        two_factor.switch_off(owner)
    told = [entry.changes for entry in entries(acme, act="change")]
    assert {"second factor: confirmed": [False, True]} in told
    assert "second factor: confirmed" in told[-1]
    assert {entry.object_repr for entry in entries(acme)} == {"olga"}
    shown = str([vars(entry) for entry in entries(acme)])
    assert secret not in shown
    assert device.key not in shown
