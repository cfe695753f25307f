"""API keys at the door: what they open, what they do not, and what is said then."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from tenants import identity, keys, last_used, suspension
from tenants.identity import TenantIdentity
from tenants.keys import create_key
from tenants.models import ApiKey
from tests.door import Api
from tests.make import make_key

NEXT_STEP = "Make a new one in the console"


def test_a_key_holds_enough_chance_and_only_its_digest_is_kept(acme: TenantIdentity) -> None:
    new = create_key(acme.id, name="a", mode="live", scopes=["send"])
    assert keys.RANDOM_BYTES * 8 >= 160
    assert keys.is_well_formed(new.secret)
    row = ApiKey.objects.get()
    assert new.secret not in repr(row.__dict__)
    assert bytes(row.digest) == keys.digest_of(new.secret)
    assert new.secret.startswith(row.prefix)
    assert len(row.prefix) < 15


@pytest.mark.parametrize(
    ("key", "words"),
    [
        (None, "No API key"),
        ("nonsense", "This is no API key"),
        ("sb_live_" + "x" * 32, "The API key is unknown"),
        ("sb_live_" + "x" * 31, "The API key is 1 character too short: was it copied whole"),
        ("sb_test_" + "x" * 34, "The API key is 2 characters too long"),
    ],
)
def test_without_a_right_key_nothing_opens(acme: TenantIdentity, key: str, words: str) -> None:
    answer = Api(key).get("/api-keys")
    assert (answer.status, answer.kind) == (401, "unauthenticated")
    assert words in answer.body["detail"]
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_the_key_may_come_in_a_header_of_its_own(acme: TenantIdentity) -> None:
    answer = Api(None).get("/api-keys", X_API_Key=make_key(acme))
    assert answer.status == 200


def test_other_schemes_are_told_the_right_one(acme: TenantIdentity) -> None:
    answer = Api(None).get("/api-keys", Authorization="Basic YTpi")
    assert answer.status == 401
    assert "Authorization: Bearer" in answer.body["detail"]


def test_an_expired_key_says_so(acme: TenantIdentity) -> None:
    secret = make_key(acme, expires_at=timezone.now() + timedelta(days=1))
    assert Api(secret).get("/api-keys").status == 200
    with time_machine.travel(timezone.now() + timedelta(days=2), tick=False):
        answer = Api(secret).get("/api-keys")
    assert answer.status == 401
    assert "expired at" in answer.body["detail"]
    assert NEXT_STEP in answer.body["detail"]


def test_a_revoked_key_says_so(api: Api) -> None:
    own = api.get("/api-keys").body["results"][0]
    assert api.delete(f"/api-keys/{own['id']}").status == 204
    answer = api.get("/api-keys")
    assert answer.status == 401
    assert "was revoked at" in answer.body["detail"]
    assert NEXT_STEP in answer.body["detail"]


def test_a_missing_scope_is_named(acme: TenantIdentity) -> None:
    answer = Api(make_key(acme, scopes=("send", "read"))).get("/api-keys")
    assert (answer.status, answer.kind) == (403, "missing-scope")
    assert "`manage`" in answer.body["detail"]
    assert "Take a key that has it" in answer.body["detail"]


def test_a_suspended_tenant_is_refused_with_the_reason(api: Api, acme: TenantIdentity) -> None:
    suspension.suspend(acme.id, "The invoice of May is open.")
    answer = api.get("/api-keys")
    assert (answer.status, answer.kind) == (403, "tenant-suspended")
    assert "The invoice of May is open." in answer.body["detail"]
    suspension.resume(acme.id)
    assert api.get("/api-keys").status == 200


def test_the_secret_is_shown_once(api: Api) -> None:
    made = api.post("/api-keys", {"name": "orders", "scopes": ["send"]})
    assert made.status == 201
    secret = made.body["key"]
    assert secret.startswith("sb_live_")
    listed = api.get("/api-keys")
    assert secret not in repr(listed.body)
    assert api.get(f"/api-keys/{made.body['id']}").body["prefix"] == made.body["prefix"]
    assert "key" not in api.get(f"/api-keys/{made.body['id']}").body


def test_a_repeated_creation_makes_one_key_and_keeps_its_secret_sealed(api: Api) -> None:
    body = {"name": "orders", "scopes": ["send"]}
    first = api.post("/api-keys", body, Idempotency_Key="k1")
    again = api.post("/api-keys", body, Idempotency_Key="k1")
    assert first.body == again.body
    assert again.headers["Idempotency-Replayed"] == "true"
    assert ApiKey.objects.filter(name="orders").count() == 1


def test_a_test_key_sees_and_makes_test_keys_only(api: Api, test_api: Api) -> None:
    live = api.post("/api-keys", {"name": "live", "scopes": ["send"]}).body
    assert [each["mode"] for each in test_api.get("/api-keys").body["results"]] == ["test"]
    assert test_api.get(f"/api-keys/{live['id']}").status == 404
    assert test_api.delete(f"/api-keys/{live['id']}").status == 404
    refused = test_api.post("/api-keys", {"name": "x", "scopes": ["send"], "mode": "live"})
    assert (refused.status, refused.kind) == (403, "live-key-needed")
    assert test_api.post("/api-keys", {"name": "x", "scopes": ["send"]}).body["mode"] == "test"


def test_a_key_grants_no_more_than_it_has(acme: TenantIdentity) -> None:
    manager = Api(make_key(acme, scopes=("manage", "read")))
    refused = manager.post("/api-keys", {"name": "x", "scopes": ["manage", "send", "read"]})
    assert (refused.status, refused.kind) == (403, "missing-scope")
    assert "lacks `send`" in refused.body["detail"]
    assert not ApiKey.objects.filter(name="x").exists()
    granted = manager.post("/api-keys", {"name": "x", "scopes": ["read", "manage"]})
    assert sorted(granted.body["scopes"]) == ["manage", "read"]


def test_keys_of_another_tenant_do_not_exist(api: Api, globex_api: Api) -> None:
    theirs = globex_api.get("/api-keys").body["results"][0]
    assert api.get(f"/api-keys/{theirs['id']}").status == 404
    assert api.delete(f"/api-keys/{theirs['id']}").status == 404
    assert theirs["id"] not in repr(api.get("/api-keys").body)


def test_a_key_that_could_never_be_used_is_refused(api: Api) -> None:
    past = (timezone.now() - timedelta(minutes=1)).isoformat()
    answer = api.post("/api-keys", {"name": "x", "scopes": ["send"], "expires_at": past})
    assert (answer.status, answer.pointers) == (422, ["/expires_at"])


def test_uses_are_noted_without_a_statement_and_written_together(
    acme: TenantIdentity, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = last_used.write
    monkeypatch.setattr(last_used, "_start_writing", lambda: None)
    # A thread that an earlier test's request has started may come round at any moment.
    monkeypatch.setattr(last_used, "write", lambda: None)
    new = create_key(acme.id, name="a", mode="live", scopes=["manage"])
    Api(new.secret).get("/api-keys")
    assert ApiKey.objects.get(id=new.key.id).last_used_at is None
    write()
    written = ApiKey.objects.get(id=new.key.id).last_used_at
    assert written is not None
    last_used.note(new.key.id)
    write()
    assert ApiKey.objects.get(id=new.key.id).last_used_at == written


def test_what_was_found_is_remembered(acme: TenantIdentity) -> None:
    secret = make_key(acme)
    found = identity.by_digest(keys.digest_of(secret))
    assert identity.by_digest(keys.digest_of(secret)) is found
