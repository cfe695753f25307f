"""/policies and /recipients."""

from typing import Any

import pytest

from notifications.models import Contact, Policy
from tenants.context import in_tenant
from tenants.identity import TenantIdentity
from tests.door import Api
from tests.notifications.asking import shipped, states

EMAIL = {"channel": "email", "template": "order-shipped"}
SMS = {"channel": "sms", "template": "order-shipped"}
FALLBACK = {"fallback": True}
POLICY: dict[str, Any] = {"topic": "invoice.ready", "priority": "high", "channels": [SMS, EMAIL]}
KIM: dict[str, Any] = {
    "id": "user/7",
    "email": "Kim@example.org",
    "phone": "+33 6 12 34 56 78",
    "locale": "en-gb",
    "time_zone": "Europe/London",
    "attributes": {"plan": "gold"},
}


def test_every_tenant_begins_with_policies_that_work(api: Api) -> None:
    listed = api.get("/policies").body["results"]
    assert {each["topic"] for each in listed} == {"welcome", "order.shipped", "login.code"}
    for topic, data in (
        ("welcome", {}),
        ("order.shipped", {"order": "A"}),
        ("login.code", {"code": 1}),
    ):
        answer = api.post("/notify", shipped(topic=topic, data=data))
        assert set(states(answer).values()) == {("queued", None)}


def test_a_policy_is_made_shown_changed_and_removed(api: Api) -> None:
    made = api.post("/policies", POLICY)
    assert made.status == 201
    assert made.body["channels"] == [{**SMS, "fallback": False}, {**EMAIL, "fallback": False}]
    assert api.get("/policies/invoice.ready").body == made.body
    changed = api.patch("/policies/invoice.ready", {"priority": "bulk", "channels": [EMAIL]})
    assert changed.body["priority"] == "bulk"
    assert changed.body["channels"] == [{**EMAIL, "fallback": False}]
    assert changed.body["description"] == made.body["description"]
    assert api.delete("/policies/invoice.ready").status == 204
    assert api.get("/policies/invoice.ready").status == 404


def test_a_change_shows_at_once_in_the_process_that_made_it(api: Api) -> None:
    assert api.post("/notify", shipped(topic="invoice.ready")).kind == "no-policy"
    api.post("/policies", POLICY)
    assert list(states(api.post("/notify", shipped(topic="invoice.ready")))) == ["sms", "email"]
    api.patch("/policies/invoice.ready", {"channels": [EMAIL]})
    assert list(states(api.post("/notify", shipped(topic="invoice.ready")))) == ["email"]
    api.patch("/policies/invoice.ready", {"enabled": False})
    assert api.post("/notify", shipped(topic="invoice.ready")).kind == "no-policy"


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"topic": "Invoice ready"}, "/topic"),
        ({"channels": []}, "/channels"),
        ({"channels": [EMAIL, {"channel": "fax", "template": "x"}]}, "/channels/1/channel"),
        ({"channels": [EMAIL, {"channel": "sms", "template": "x"}]}, "/channels/1/template"),
        ({"channels": [EMAIL, EMAIL]}, "/channels/1/channel"),
        ({"priority": "low"}, "/priority"),
        ({"retry": {"tries": 0}}, "/retry/tries"),
        ({"retry": {"tries": 1.5}}, "/retry/tries"),
        ({"retry": {"first": 0.05}}, "/retry/first"),
        ({"retry": {"pause": 1}}, "/retry/pause"),
        ({"retry": {"deadline": 3000000}}, "/retry/deadline"),
        ({"watch_seconds": 9}, "/watch_seconds"),
        ({"watch_seconds": 86401}, "/watch_seconds"),
        ({"channels": [SMS, {**EMAIL, **FALLBACK}]}, "/watch_seconds"),
        ({"channels": [{**EMAIL, **FALLBACK}], "watch_seconds": 60}, "/channels"),
        ({"overrides": ["manual", "weather"]}, "/overrides/1"),
        ({"overrides": ["manual", "manual"]}, "/overrides/1"),
        ({"overrides": ["complaint"]}, "/overrides/0"),
        ({"overrides": ["manual", "opt_out"]}, "/overrides/1"),
        ({"colour": "red"}, "/colour"),
    ],
)
def test_a_policy_that_cannot_be_is_refused(
    api: Api, acme: TenantIdentity, changes: Any, pointer: str
) -> None:
    answer = api.post("/policies", {**POLICY, **changes})
    assert (answer.status, answer.pointers) == (422, [pointer])
    with in_tenant(acme):
        assert Policy.objects.count() == 3


def test_what_a_policy_asks_of_delivering(api: Api) -> None:
    asked = {
        "channels": [SMS, {**EMAIL, **FALLBACK}],
        "retry": {"tries": 3, "deadline": 120},
        "watch_seconds": 30,
        "overrides": ["hard_bounce", "manual"],
    }
    made = api.post("/policies", {**POLICY, **asked})
    assert made.body == made.body | {
        **asked,
        "channels": [{**SMS, "fallback": False}, {**EMAIL, **FALLBACK}],
    }
    changed = api.patch("/policies/invoice.ready", {"retry": {"first": 1}})
    assert (changed.body["retry"], changed.body["overrides"]) == (
        {"first": 1.0},
        ["hard_bounce", "manual"],
    )
    plain = {"retry": {}, "watch_seconds": None, "overrides": [], "channels": [SMS]}
    cleared = api.patch("/policies/invoice.ready", plain)
    assert cleared.body == cleared.body | {**plain, "channels": [{**SMS, "fallback": False}]}


def test_a_fallback_stands_and_falls_with_the_time_to_wait(api: Api) -> None:
    both = {"channels": [SMS, {**EMAIL, **FALLBACK}], "watch_seconds": 30}
    api.post("/policies", {**POLICY, **both})
    refused = api.patch("/policies/invoice.ready", {"watch_seconds": None})
    assert (refused.status, refused.pointers) == (422, ["/watch_seconds"])
    assert api.get("/policies/invoice.ready").body["watch_seconds"] == 30


@pytest.mark.parametrize("reason", ["complaint", "opt_out"])
def test_what_the_recipient_decided_cannot_be_overridden(api: Api, reason: str) -> None:
    answer = api.post("/policies", {**POLICY, "overrides": [reason]})
    assert "nothing is sent in spite of it" in answer.body["errors"][0]["detail"]


def test_a_fallback_is_planned_only_when_it_is_needed(api: Api) -> None:
    both = {"channels": [SMS, {**EMAIL, **FALLBACK}], "watch_seconds": 30}
    api.post("/policies", {**POLICY, **both})
    answer = api.post("/notify", shipped(topic="invoice.ready"))
    assert states(answer) == {"sms": ("queued", None)}
    asked = shipped(topic="invoice.ready", channels=["email"])
    assert api.post("/notify", asked).pointers == ["/channels/0"]


def test_a_one_time_code_is_given_up_after_two_minutes(api: Api) -> None:
    assert api.get("/policies/login.code").body["retry"] == {"deadline": 120.0}


def test_a_topic_has_one_policy(api: Api) -> None:
    api.post("/policies", POLICY)
    assert api.post("/policies", POLICY).status == 409


def test_a_change_that_cannot_be_changes_nothing(api: Api) -> None:
    made = api.post("/policies", POLICY).body
    answer = api.patch("/policies/invoice.ready", {"channels": [{**EMAIL, "template": "x"}]})
    assert answer.pointers == ["/channels/0/template"]
    assert api.get("/policies/invoice.ready").body == made


def test_test_keys_read_policies_and_do_not_write_them(test_api: Api) -> None:
    assert test_api.get("/policies/order.shipped").status == 200
    for answer in (
        test_api.post("/policies", POLICY),
        test_api.patch("/policies/order.shipped", {}),
        test_api.delete("/policies/order.shipped"),
    ):
        assert answer.kind == "live-key-needed"


def test_a_recipient_is_made_shown_changed_and_removed(api: Api, acme: TenantIdentity) -> None:
    made = api.post("/recipients", KIM)
    assert made.status == 201
    shown = {name: made.body[name] for name in KIM}
    assert shown == {
        **KIM,
        "email": "kim@example.org",
        "phone": "+33612345678",
        "locale": "en-GB",
    }
    assert api.get("/recipients/user%2F7").body == made.body
    changed = api.patch("/recipients/user%2F7", {"phone": None, "locale": None, "email": "k@b.org"})
    assert (changed.body["phone"], changed.body["locale"]) == (None, None)
    assert (changed.body["email"], changed.body["time_zone"]) == ("k@b.org", "Europe/London")
    assert api.delete("/recipients/user%2F7").status == 204
    assert api.get("/recipients/user%2F7").status == 404
    with in_tenant(acme):
        assert not Contact.objects.exists()


def test_recipients_are_found_by_id_and_by_address(api: Api) -> None:
    api.post("/recipients", KIM)
    api.post("/recipients", {"id": "user-8", "email": "bo@example.org"})
    for query, found in (
        ({"id": "user/7"}, ["user/7"]),
        ({"email": "KIM@example.org"}, ["user/7"]),
        ({"phone": "+33612345678"}, ["user/7"]),
        ({"email": "kim@example.org", "phone": "+33612345678"}, ["user/7"]),
        ({"email": "bo@example.org", "phone": "+33612345678"}, []),
        ({}, ["user-8", "user/7"]),
    ):
        assert [each["id"] for each in api.get("/recipients", query).body["results"]] == found
    assert api.get("/recipients", {"email": "nonsense"}).status == 400


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"id": ""}, "/id"),
        ({"email": "nonsense"}, "/email"),
        ({"phone": "1"}, "/phone"),
        ({"locale": "xx-1234567890"}, "/locale"),
        ({"time_zone": "Mars/X"}, "/time_zone"),
        ({"attributes": [1]}, "/attributes"),
    ],
)
def test_a_recipient_that_cannot_be_is_refused(api: Api, changes: Any, pointer: str) -> None:
    answer = api.post("/recipients", {**KIM, **changes})
    assert (answer.status, answer.pointers) == (422, [pointer])
    assert api.get("/recipients").body["results"] == []


def test_an_id_is_used_once_in_each_mode(api: Api, test_api: Api) -> None:
    assert api.post("/recipients", KIM).status == 201
    assert api.post("/recipients", KIM).status == 409
    assert test_api.get("/recipients/user%2F7").status == 404
    assert test_api.post("/recipients", KIM).status == 201
