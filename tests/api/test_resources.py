"""Templates, provider accounts, suppressions and the sandbox through the API."""

from typing import Any

import pytest

from delivery.models import ProviderAccount
from signalbus.core.ids import new_id
from tenants.context import in_tenant
from tenants.identity import TenantIdentity
from tests.api.objects import objects_of
from tests.api.test_problems import check
from tests.door import Api
from tests.make import make_policy, make_template

TEXTS = {"channel": "email", "locale": "en", "subject": "Hi {{ name }}", "text": "Hello {{ name }}"}
SMTP = {
    "name": "own server",
    "kind": "smtp",
    "channel": "email",
    "options": {"host": "mail.example.org", "from": "shop@example.org"},
    "credentials": {"username": "shop", "password": "correct horse"},
}


def make_sample(api: Api, **more: Any) -> dict[str, Any]:
    body = {"name": "greeting", "contents": [TEXTS], "publish": True, **more}
    answer = api.post("/templates", body)
    assert answer.status == 201, answer
    return dict(answer.body)


def test_a_template_comes_with_what_is_published(api: Api) -> None:
    made = make_sample(api)
    (current,) = made["current"]
    assert (current["locale"], current["number"], current["required"]) == ("en", 1, ["name"])
    assert api.get("/templates/greeting").body == made


def test_a_template_twice(api: Api) -> None:
    make_sample(api)
    check(api.post("/templates", {"name": "greeting"}), "conflict")


def test_locales_are_written_in_their_usual_form(api: Api) -> None:
    made = make_sample(api, contents=[{**TEXTS, "locale": "fr_ca"}])
    assert made["current"][0]["locale"] == "fr-CA"


def test_versions_are_numbered_and_published(api: Api) -> None:
    make_sample(api)
    second = api.post("/templates/greeting/versions", {**TEXTS, "subject": "Dear {{ name }}"})
    assert (second.body["number"], second.body["current"]) == (2, False)
    published = api.post(f"/templates/greeting/versions/{second.body['id']}/publish")
    assert published.body["current"] is True
    versions = api.get("/templates/greeting/versions", {"current": "true"}).body["results"]
    assert [version["id"] for version in versions] == [second.body["id"]]
    assert len(api.get("/templates/greeting/versions").body["results"]) == 2


def test_a_version_of_another_template_is_not_published(api: Api) -> None:
    make_sample(api)
    version = make_sample(api, name="other")["current"][0]["id"]
    check(api.post(f"/templates/greeting/versions/{version}/publish"), "not-found")


def test_only_the_description_changes(api: Api) -> None:
    make_sample(api)
    changed = api.patch("/templates/greeting", {"description": "For everybody"})
    assert changed.body["description"] == "For everybody"
    assert check(api.patch("/templates/greeting", {"name": "x"}), "invalid").pointers == ["/name"]


def test_a_template_in_use_stays(api: Api, acme: TenantIdentity) -> None:
    make_template(acme)
    make_policy(acme, "person.greeted")
    answer = check(api.delete("/templates/greeting"), "conflict")
    assert "person.greeted" in answer.body["detail"]
    api.delete("/policies/person.greeted")
    assert api.delete("/templates/greeting").status == 204
    check(api.get("/templates/greeting"), "not-found")


def test_a_preview_falls_back_and_names_what_is_missing(api: Api) -> None:
    make_sample(api)
    asked = {"channel": "email", "locale": "fr-CA", "data": {"name": "<b>Ana</b>"}}
    shown = api.post("/templates/greeting/preview", asked).body
    assert (shown["locale"], shown["subject"]) == ("en", "Hi <b>Ana</b>")
    assert "&lt;b&gt;Ana" in shown["html"]
    assert shown["missing"] == []
    assert api.post("/templates/greeting/preview", {"channel": "email"}).body["missing"] == ["name"]


def test_a_preview_of_what_is_not_saved_yet(api: Api) -> None:
    make_sample(api)
    content = {"channel": "sms", "locale": "en", "text": "Code {{ code }}"}
    asked = {"channel": "sms", "content": content, "data": {"code": 4711}}
    shown = api.post("/templates/greeting/preview", asked).body
    assert (shown["text"], shown["version"]) == ("Code 4711", None)


@pytest.mark.parametrize(
    "asked",
    [{"channel": "sms"}, {"channel": "email", "version": str(new_id())}],
)
def test_a_preview_of_nothing(api: Api, asked: dict[str, str]) -> None:
    make_sample(api)
    check(api.post("/templates/greeting/preview", asked), "not-found")


def test_an_account_never_shows_its_credentials(api: Api, acme: TenantIdentity) -> None:
    made = api.post("/provider-accounts", SMTP, idempotency_key="k")
    assert made.status == 201, made
    address = f"/provider-accounts/{made.body['id']}"
    for answer in (made, api.get(address), api.get("/provider-accounts")):
        assert "correct horse" not in str(answer.body)
    assert made.body["has_credentials"] is True
    with in_tenant(acme):
        row = ProviderAccount.objects.get()
        assert row.credentials == SMTP["credentials"]
        assert "correct horse" not in row.sealed


def test_an_account_changes_and_keeps_the_rest(api: Api, acme: TenantIdentity) -> None:
    address = f"/provider-accounts/{api.post('/provider-accounts', SMTP).body['id']}"
    changed = api.patch(address, {"enabled": False, "position": 3})
    assert (changed.body["enabled"], changed.body["position"]) == (False, 3)
    with in_tenant(acme):
        assert ProviderAccount.objects.get().credentials == SMTP["credentials"]
    assert api.patch(address, {"credentials": {}}).body["has_credentials"] is False
    assert api.delete(address).status == 204
    check(api.get(address), "not-found")


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"kind": "pigeon"}, "/kind"),
        ({"channel": "sms"}, "/channel"),
        ({"options": {}}, "/options/host"),
        ({"options": {**SMTP["options"], "hosts": "x"}}, "/options/hosts"),
        ({"credentials": {"passwort": "x"}}, "/credentials/passwort"),
        ({"position": -1}, "/position"),
        ({"name": ""}, "/name"),
    ],
)
def test_wrong_accounts(
    api: Api, acme: TenantIdentity, change: dict[str, Any], pointer: str
) -> None:
    answer = check(api.post("/provider-accounts", {**SMTP, **change}), "invalid")
    assert pointer in answer.pointers
    with in_tenant(acme):
        assert not ProviderAccount.objects.exists()


def test_a_wrong_change_of_an_account(api: Api) -> None:
    address = f"/provider-accounts/{api.post('/provider-accounts', SMTP).body['id']}"
    answer = check(api.patch(address, {"options": {"hosts": "x"}}), "invalid")
    assert "/options/hosts" in answer.pointers
    assert api.get(address).body["options"] == SMTP["options"]


def test_suppressions_are_kept_in_the_usual_form_and_found_in_any(api: Api) -> None:
    made = api.post("/suppressions", {"channel": "email", "address": "Ana@Example.ORG"})
    assert (made.body["address"], made.body["reason"]) == ("ana@example.org", "manual")
    assert (
        api.post("/suppressions", {"channel": "sms", "address": "+33 6 12 34 56 78"}).status == 201
    )
    for address in ("ANA@example.org", "+33 (6) 12345678"):
        assert len(api.get("/suppressions", {"address": address}).body["results"]) == 1
    assert api.get("/suppressions", {"address": "bob@example.org"}).body["results"] == []


def test_a_suppression_changes_and_goes(api: Api) -> None:
    made = api.post("/suppressions", {"channel": "email", "address": "ana@example.org"})
    address = f"/suppressions/{made.body['id']}"
    changed = api.patch(address, {"expires_at": "2030-01-01T00:00:00Z"})
    assert changed.body["expires_at"] == "2030-01-01T00:00:00Z"
    assert api.patch(address, {"expires_at": None}).body["expires_at"] is None
    assert api.delete(address).status == 204
    check(api.get(address), "not-found")


def test_sandbox_messages_by_address_and_notification(api: Api, acme: TenantIdentity) -> None:
    notification = str(objects_of(acme)["notification"]["id"])
    for query in ({"to": "Ana@example.org"}, {"notification": notification}, {}):
        (message,) = api.get("/sandbox/messages", query).body["results"]
        assert message["notification"] == notification
    assert api.get("/sandbox/messages", {"to": "bob@example.org"}).body["results"] == []


def test_a_template_stays_while_deliveries_wait_for_its_words(
    api: Api, acme: TenantIdentity
) -> None:
    make_template(acme)
    asked = {"channel": "email", "to": "ana@example.org", "template": "greeting"}
    waiting = api.post("/notifications", {**asked, "data": {"name": "Ana"}}).body["id"]
    refused = check(api.delete("/templates/greeting"), "conflict")
    assert refused.body["used_by"] == ["deliveries that wait to be sent"]
    assert api.post(f"/notifications/{waiting}/cancel").status == 200
    assert api.delete("/templates/greeting").status == 204
