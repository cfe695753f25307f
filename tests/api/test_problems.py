"""Every way a request can be wrong is answered with a problem, and nothing is written."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError
from django.test import override_settings
from django.utils import timezone

from notifications.models import Suppression
from signalbus.api.problems import CONTENT_TYPE, KINDS, URN
from templates_app.models import Template
from tenants import identity
from tenants.context import in_tenant
from tenants.identity import TenantIdentity
from tenants.models import ApiKey, Tenant
from tests.door import Answer, Api
from tests.make import make_key

GOOD = {"channel": "email", "address": "gone@example.org"}
POLICY = {"topic": "a.b", "channels": [{"channel": "email", "template": "order-shipped"}]}
ACCOUNT = {"name": "trial run", "kind": "simulator", "channel": "email"}


def check(answer: Answer, kind: str) -> Answer:
    """It is a whole problem of that kind."""
    assert answer.headers["Content-Type"] == CONTENT_TYPE, answer
    assert answer.body["type"] == URN + kind, answer
    assert answer.status == answer.body["status"] == KINDS[kind].status
    assert answer.body["title"] == KINDS[kind].title
    assert answer.body["detail"]
    assert answer.body["instance"].startswith("/api/")
    assert len(answer.body["trace_id"]) == 32
    assert answer.headers["X-Request-Id"]
    return answer


@pytest.fixture
def nothing_written(acme: TenantIdentity):
    yield
    with in_tenant(acme):
        assert not Suppression.objects.exists()
        assert not Template.objects.filter(name="bad").exists()


@pytest.mark.parametrize("path", ["/nowhere", "/api/v2/notify", "/api/", "/templates/"])
def test_unknown_addresses(api: Api, path: str) -> None:
    check(api.get(path), "not-found")


@pytest.mark.parametrize(
    ("path", "detail"),
    [
        ("/notifications/4711", "'4711' is no id; a UUID is expected here"),
        ("/suppressions/gone@example.org", "'gone@example.org' is no id; a number is expected"),
        ("/redrives/last/stop", "'last' is no id"),
        ("/nowhere/4711", "nothing at /api/v1/nowhere/4711; /api/v1/docs lists what there is"),
        ("/notifications/4711/nowhere", "There is nothing at"),
        ("/notifications" + "/a" * 500, "There is nothing at"),
    ],
)
def test_an_id_that_is_none(api: Api, path: str, detail: str) -> None:
    assert detail in check(api.get(path), "not-found").body["detail"]


def test_an_id_that_nothing_has(api: Api) -> None:
    answer = api.get("/notifications/019a0000-0000-7000-8000-000000000000")
    check(answer, "not-found")
    assert "The lists show what there is" in answer.body["detail"]


@pytest.mark.parametrize(
    ("path", "methods"),
    [("/notifications", "GET or POST"), ("/notify", "POST"), ("/openapi.json", "GET")],
)
def test_a_method_that_is_not_there(api: Api, path: str, methods: str) -> None:
    refused = api.put(path, {})
    check(refused, "method-not-allowed")
    assert refused.body["detail"] == f"PUT is not allowed here: use {methods}."


@pytest.mark.parametrize(
    "content", [b"{", b'{"a": 1,}', b"", b"\xff", b'{"a": 1e999}', b"[" * 9999]
)
def test_malformed_json(api: Api, content: bytes, nothing_written: None) -> None:
    answer = api.raw("POST", "/suppressions", content, "application/json")
    check(answer, "malformed-json")


def test_malformed_json_names_the_position(api: Api) -> None:
    answer = api.raw("POST", "/suppressions", b'{"channel": email}', "application/json")
    assert "byte 12" in check(answer, "malformed-json").body["detail"]


@pytest.mark.parametrize("content_type", ["", "text/plain", "application/x-www-form-urlencoded"])
def test_another_format_than_json(api: Api, content_type: str, nothing_written: None) -> None:
    answer = api.raw("POST", "/suppressions", b"channel=email", content_type)
    check(answer, "unsupported-media-type")


def test_an_over_long_body(api: Api, nothing_written: None) -> None:
    body = {**GOOD, "note": "x" * (1024 * 1024)}
    check(api.post("/suppressions", body), "too-large")


def test_an_over_long_body_is_refused_with_a_key_too(api: Api) -> None:
    body = {**GOOD, "note": "x" * (1024 * 1024)}
    check(api.post("/suppressions", body, idempotency_key="k"), "too-large")


def test_wrong_types_missing_and_unknown_fields_are_told_at_once(
    api: Api, nothing_written: None
) -> None:
    answer = check(api.post("/suppressions", {"channel": 7, "notes": "x"}), "invalid")
    assert answer.pointers == ["/notes", "/channel", "/address"]
    assert "Did you mean `note`?" in answer.body["errors"][0]["detail"]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ([], ""),
        ("text", ""),
        ({"channel": "fax", "address": "x"}, "/channel"),
        ({**GOOD, "address": "ana"}, "/address"),
        ({**GOOD, "address": "ana@example.org\nBcc: bob@example.org"}, "/address"),
        ({"channel": "sms", "address": "0612"}, "/address"),
        ({**GOOD, "note": "x" * 301}, "/note"),
        ({**GOOD, "note": "nul \x00 character"}, "/note"),
        ({**GOOD, "expires_at": "tomorrow"}, "/expires_at"),
        ({**GOOD, "expires_at": "2026-01-01T00:00:00"}, "/expires_at"),
    ],
)
def test_wrong_values(api: Api, nothing_written: None, body: object, pointer: str) -> None:
    assert check(api.post("/suppressions", body), "invalid").pointers == [pointer]


@pytest.mark.parametrize(
    ("content", "pointer"),
    [
        ({"subject": "{% for %}"}, "/contents/0/subject"),
        ({"text": "{{ open"}, "/contents/0/text"),
        ({"locale": "xx-Nowhere"}, "/contents/0/locale"),
        ({"subject": ""}, "/contents/0/subject"),
        ({"html": "nul \x00"}, "/contents/0/html"),
    ],
)
def test_wrong_templates(
    api: Api, nothing_written: None, content: dict[str, str], pointer: str
) -> None:
    texts = {"channel": "email", "locale": "en", "subject": "Hi", "text": "Hello", **content}
    answer = api.post("/templates", {"name": "bad", "contents": [texts], "publish": True})
    assert check(answer, "invalid").pointers == [pointer]


def test_a_template_that_loops_for_ever_is_stopped(api: Api) -> None:
    loop = "{% for i in (1..100000) %}{% for j in (1..100000) %}x{% endfor %}{% endfor %}"
    content = {"channel": "sms", "locale": "en", "text": loop}
    body = {"channel": "sms", "content": content}
    answer = check(api.post("/templates/order-shipped/preview", body), "invalid")
    assert answer.pointers == ["/content/text"]


@pytest.mark.parametrize("key", [None, "sb_live_wrong", "Bearer", "sb_live_" + "a" * 40])
def test_a_wrong_key(acme: TenantIdentity, key: str | None) -> None:
    answer = check(Api(key).get("/templates"), "unauthenticated")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_an_expired_and_a_revoked_key(acme: TenantIdentity) -> None:
    an_hour_ago = timezone.now() - timedelta(hours=1)
    expired = make_key(acme, expires_at=an_hour_ago)
    assert "expired" in check(Api(expired).get("/templates"), "unauthenticated").body["detail"]
    revoked = make_key(acme)
    ApiKey.objects.filter(revoked_at=None).update(revoked_at=an_hour_ago)
    assert "revoked" in check(Api(revoked).get("/templates"), "unauthenticated").body["detail"]


def test_a_suspended_tenant(acme: TenantIdentity, api: Api) -> None:
    Tenant.objects.filter(id=acme.id).update(state="suspended", suspension_reason="No invoice paid")
    identity.forget()
    answer = check(api.get("/templates"), "tenant-suspended")
    assert "No invoice paid" in answer.body["detail"]


def test_a_missing_scope(acme: TenantIdentity, nothing_written: None) -> None:
    reader = Api(make_key(acme, scopes=("read",)))
    answer = check(reader.post("/suppressions", GOOD), "missing-scope")
    assert "manage" in answer.body["detail"]


def test_a_test_key_does_not_write_what_is_shared(test_api: Api, nothing_written: None) -> None:
    check(test_api.post("/templates", {"name": "bad"}), "live-key-needed")


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ({"adress": "ana@example.org"}, "/adress"),
        ({"channel": "fax"}, "/channel"),
        ({"limit": "0"}, "/limit"),
        ({"limit": "many"}, "/limit"),
        ({"cursor": "nonsense"}, "/cursor"),
        ({"cursor": "b3gh"}, "/cursor"),
        ({"address": "\x00"}, "/address"),
    ],
)
def test_wrong_query_parameters(api: Api, query: dict[str, str], pointer: str) -> None:
    assert check(api.get("/suppressions", query), "invalid-parameter").pointers == [pointer]


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ({"created_after": "yesterday"}, "/created_after"),
        ({"created_after": "0.5"}, "/created_after"),
        ({"created_after": "2026-01-01T00:00:00"}, "/created_after"),
        ({"batch": "7"}, "/batch"),
        ({"status": "lost"}, "/status"),
        ({"error_class": "bad luck"}, "/error_class"),
    ],
)
def test_wrong_search_parameters(api: Api, query: dict[str, str], pointer: str) -> None:
    assert check(api.get("/notifications", query), "invalid-parameter").pointers == [pointer]


def test_a_wrong_limit_is_named(api: Api) -> None:
    answer = check(api.get("/suppressions", {"limit": "abc"}), "invalid-parameter")
    assert answer.body["detail"] == "/limit: A whole number from 1 to 200 is expected."


@pytest.mark.parametrize(
    ("path", "body", "detail"),
    [
        (
            "/policies",
            {**POLICY, "topic": "Order Shipped"},
            "/topic: Use a-z, 0-9, dots, hyphens and underscores, such as order.shipped.",
        ),
        (
            "/templates",
            {"name": "Ä"},
            "/name: Use a-z, 0-9, dots, hyphens and underscores, such as order-shipped.",
        ),
        (
            "/suppressions",
            {**GOOD, "expires_at": "2026-01-01T00:00:00"},
            "/expires_at: A time with its zone is expected, such as 2026-11-20T18:00:00Z.",
        ),
        (
            "/suppressions",
            {**GOOD, "address": 7},
            "/address: A text is expected, not a number.",
        ),
        ("/policies", {**POLICY, "channels": []}, "/channels: The list must not be empty."),
    ],
)
def test_what_is_wrong_is_told_in_plain_words(
    api: Api, path: str, body: object, detail: str
) -> None:
    assert check(api.post(path, body), "invalid").body["detail"] == detail


def test_nul_in_the_path(api: Api) -> None:
    check(api.get("/templates/%00"), "not-found")


@pytest.mark.parametrize(
    ("path", "body", "detail"),
    [
        ("/policies", POLICY, "a policy 'a.b': change it with PATCH /api/v1/policies/a.b."),
        (
            "/recipients",
            {"id": "user/1", "email": "ana@example.org"},
            "a recipient 'user/1': change it with PATCH /api/v1/recipients/user%2F1.",
        ),
        (
            "/templates",
            {"name": "order-shipped"},
            "a template 'order-shipped': "
            "add to it with POST /api/v1/templates/order-shipped/versions.",
        ),
        (
            "/suppressions",
            GOOD,
            "a suppression 'gone@example.org': "
            "GET /api/v1/suppressions?address=gone%40example.org shows it.",
        ),
        (
            "/provider-accounts",
            ACCOUNT,
            "a provider account 'trial run': "
            "GET /api/v1/provider-accounts?name=trial%20run shows it.",
        ),
    ],
)
def test_a_thing_that_exists_already(api: Api, path: str, body: Any, detail: str) -> None:
    """It says in plain words which there is, and how to get at it."""
    api.post(path, body)
    answer = check(api.post(path, body), "conflict")
    assert answer.body["detail"] == f"There is already {detail}"
    assert len(answer.pointers) == 1


def test_a_change_to_a_name_that_exists_already(api: Api) -> None:
    api.post("/provider-accounts", ACCOUNT)
    other = api.post("/provider-accounts", {**ACCOUNT, "name": "other"}).body
    answer = check(
        api.patch(f"/provider-accounts/{other['id']}", {"name": "trial run"}), "conflict"
    )
    assert answer.pointers == ["/name"]


def test_the_database_is_away(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*args: object) -> None:
        raise OperationalError("connection refused")

    monkeypatch.setattr("notifications.api.suppressions.Suppressions.rows", away)
    answer = check(api.get("/suppressions"), "unavailable")
    assert answer.headers["Retry-After"]


def test_a_fault_of_this_side(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: object) -> None:
        raise RuntimeError("secret inside")

    monkeypatch.setattr("notifications.api.suppressions.Suppressions.rows", broken)
    answer = check(api.get("/suppressions"), "internal")
    assert "secret" not in str(answer.body)


@override_settings(ALLOWED_HOSTS=["example.org"])
def test_a_host_that_is_not_served(acme: TenantIdentity) -> None:
    check(Api(make_key(acme), host="evil.example").get("/templates"), "bad-request")


def test_people_get_pages(api: Api) -> None:
    response = api._client.get("/nowhere")
    assert response.status_code == 404
    assert response.headers["Content-Type"].startswith("text/html")
