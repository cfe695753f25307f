"""Bad input: each a clear problem that points at the field, and nothing is written."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from notifications.guesses import MOST_GUESSES, Guesses
from signalbus.core.timed_cache import clear_all
from templates_app import services
from tenants.context import in_tenant
from tenants.identity import TenantIdentity
from tests.door import Api
from tests.make import make_policy
from tests.notifications.asking import ANA, NOTHING, letter, shipped, written

NOW = timezone.now()


def at(**delta: float) -> str:
    return (NOW + timedelta(**delta)).isoformat()


def deep(levels: int) -> dict[str, Any]:
    value: dict[str, Any] = {}
    for _ in range(levels):
        value = {"a": value}
    return {"order": "A-1", **value}


NOTIFY: dict[str, tuple[dict[str, Any], str]] = {
    "unknown field": (shipped(colour="red"), "/colour"),
    "another system's name": (shipped(payload={}), "/payload"),
    "wrong type": (shipped(data=[1]), "/data"),
    "no recipient": ({"topic": "order.shipped"}, "/recipient"),
    "recipient without id and address": (shipped(recipient={"locale": "en"}), "/recipient"),
    "attributes of nobody": (
        shipped(recipient={"email": "a@example.org", "attributes": {"a": 1}}),
        "/recipient/attributes",
    ),
    "unknown recipient": (shipped(recipient="nobody"), "/recipient"),
    "unknown locale": (shipped(recipient={**ANA, "locale": "xx-1234567890"}), "/recipient/locale"),
    "unknown zone": (shipped(recipient={**ANA, "time_zone": "Mars/X"}), "/recipient/time_zone"),
    "no e-mail": (shipped(recipient={**ANA, "email": "ana"}), "/recipient/email"),
    "line break": (
        shipped(recipient={**ANA, "email": "ana@example.org\nBcc: x@example.org"}),
        "/recipient/email",
    ),
    "trailing line break": (shipped(recipient={**ANA, "email": "a@b.org\n"}), "/recipient/email"),
    "e-mail too long": (
        shipped(
            recipient={
                **ANA,
                "email": f"{'a' * 60}@{'b' * 60}.{'c' * 60}.{'d' * 60}.{'e' * 60}.org",
            }
        ),
        "/recipient/email",
    ),
    "e-mail's first part too long": (
        shipped(recipient={**ANA, "email": f"{'a' * 65}@example.org"}),
        "/recipient/email",
    ),
    "no phone number": (shipped(recipient={**ANA, "phone": "hello"}), "/recipient/phone"),
    "no country code": (shipped(recipient={**ANA, "phone": "0612345678"}), "/recipient/phone"),
    "phone too short": (shipped(recipient={**ANA, "phone": "+331"}), "/recipient/phone"),
    "phone with line break": (
        shipped(recipient={**ANA, "phone": "+33612345678\n"}),
        "/recipient/phone",
    ),
    "missing variable": (shipped(data={}), "/data/order"),
    "variable that is null": (shipped(data={"order": None}), "/data/order"),
    "data too deep": (shipped(data=deep(40)), "/data"),
    "data too large": (shipped(data={"order": "A", "blob": "x" * 300_000}), "/data"),
    "NUL": (shipped(data={"order": "A\x00"}), "/data/order"),
    "too far ahead": (shipped(send_at=at(days=366)), "/send_at"),
    "no offset": (shipped(send_at="2030-01-01T00:00:00"), "/send_at"),
    "expires first": (shipped(send_at=at(hours=2), expires_at=at(hours=1)), "/expires_at"),
    "priority": (shipped(priority="urgent"), "/priority"),
    "channel of another kind": (shipped(channels=["email", "fax"]), "/channels/1"),
    "no channel": (shipped(channels=[]), "/channels"),
    "correlation id too long": (shipped(correlation_id="x" * 129), "/correlation_id"),
    "id too long": (shipped(recipient={**ANA, "id": "x" * 256}), "/recipient/id"),
    "topic too long": (shipped(topic="x" * 101), "/topic"),
}
DIRECT: dict[str, tuple[dict[str, Any], str]] = {
    "channel": (letter(channel="fax"), "/channel"),
    "neither to nor recipient": ({k: v for k, v in letter().items() if k != "to"}, "/to"),
    "both to and recipient": (letter(recipient="user-42"), "/to"),
    "wrong address": (letter(to="nonsense"), "/to"),
    "no subject": (letter(subject=None), "/subject"),
    "no text": (letter(text=None), "/text"),
    "SMS without text": ({"channel": "sms", "to": "+33612345678", "html": "<p>x</p>"}, "/text"),
    "template and text": (letter(template="welcome"), "/subject"),
    "unknown template": ({"channel": "email", "to": "a@example.org", "template": "x"}, "/template"),
    "template without that channel": (
        {"channel": "sms", "to": "+33612345678", "template": "welcome"},
        "/template",
    ),
    "template's variable": (
        {"channel": "email", "to": "a@example.org", "template": "order-shipped"},
        "/data/order",
    ),
    "text's variable": (letter(text="Hi {{ name }}", data={"order": 1}), "/data/name"),
    "text that is no Liquid": (letter(text="{% if %}", data={"order": 1}), "/text"),
    "locale": (letter(locale="klingon-1"), "/locale"),
}


@pytest.mark.parametrize(("body", "pointer"), NOTIFY.values(), ids=NOTIFY.keys())
def test_notify_refuses(api: Api, acme: TenantIdentity, body: Any, pointer: str) -> None:
    answer = api.post("/notify", body)
    assert (answer.status, answer.kind) == (422, "invalid")
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert pointer in answer.pointers
    assert written(acme) == NOTHING


@pytest.mark.parametrize(("body", "pointer"), DIRECT.values(), ids=DIRECT.keys())
def test_direct_refuses(api: Api, acme: TenantIdentity, body: Any, pointer: str) -> None:
    answer = api.post("/notifications", body)
    assert (answer.status, answer.kind) == (422, "invalid")
    assert pointer in answer.pointers
    assert written(acme) == NOTHING


def test_a_topic_without_policy_is_named(api: Api, acme: TenantIdentity) -> None:
    answer = api.post("/notify", shipped(topic="order.lost"))
    assert (answer.status, answer.kind, answer.pointers) == (422, "no-policy", ["/topic"])
    assert "POST /api/v1/policies" in answer.body["detail"]
    assert written(acme) == NOTHING


def test_a_misspelt_topic_is_told_those_that_are_near(api: Api) -> None:
    meant = "has no policy. Did you mean order.shipped? Make one with"
    assert meant in api.post("/notify", shipped(topic="order.shiped")).body["detail"]
    body = {"recipients": [{"email": "ana@example.org"}]}
    assert meant in api.post("/publish/oder.shipped", body).body["detail"]
    assert "Did you mean" not in api.post("/notify", shipped(topic="qqq")).body["detail"]


def test_a_template_that_is_not_there_is_told_from_one_without_text(
    api: Api, acme: TenantIdentity
) -> None:
    def detail(channel: str, template: str) -> str:
        body = {"channel": channel, "recipient": ANA, "template": template}
        return str(api.post("/notifications", body).body["detail"])

    assert "There is no template 'welcom'. Did you mean welcome? Make" in detail("email", "welcom")
    assert "There is no template 'qqq'. Make one with" in detail("email", "qqq")
    assert "The template 'welcome' has no published text for sms" in detail("sms", "welcome")
    with in_tenant(acme):
        services.create_template("bare")
    clear_all()
    assert "The template 'bare' has no published text" in detail("email", "bare")


def test_a_batch_of_misspelt_topics_costs_a_few_guesses() -> None:
    near = Guesses([f"order.shipped.{number}" for number in range(1000)])
    guessed = [near.of(f"order.shiped.{number}") for number in range(1000)]
    assert [bool(each) for each in guessed[:7]] == [True] * MOST_GUESSES + [False] * 2
    assert not any(guessed[MOST_GUESSES:])
    assert near.of("order.shiped.0") == guessed[0]


def test_a_policy_that_is_switched_off_refuses(api: Api, acme: TenantIdentity) -> None:
    make_policy(acme, "order.lost", enabled=False)
    answer = api.post("/notify", shipped(topic="order.lost"))
    assert answer.kind == "no-policy"
    assert "switched off" in answer.body["detail"]


def test_a_channel_that_the_policy_lacks_is_pointed_at(api: Api, acme: TenantIdentity) -> None:
    answer = api.post("/notify", shipped(topic="welcome", channels=["email", "sms"]))
    assert answer.pointers == ["/channels/1"]


def test_all_that_is_wrong_is_told_at_once(api: Api) -> None:
    answer = api.post("/notify", shipped(recipient={**ANA, "email": "x", "phone": "y"}))
    assert answer.pointers == ["/recipient/email", "/recipient/phone"]


def test_a_refused_request_does_not_change_its_recipient(api: Api, acme: TenantIdentity) -> None:
    answer = api.post(
        "/notify", shipped(data={}, recipient={"id": "new", "email": "n@example.org"})
    )
    assert answer.status == 422
    assert written(acme) == NOTHING
