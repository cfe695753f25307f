"""POST /notifications: one message on one channel, without a policy."""

from typing import Any

import pytest

from notifications.models import Delivery, Notification
from signalbus.bus.models import OutboxEntry
from tenants.context import in_tenant
from tenants.identity import TenantIdentity
from tests.door import Api
from tests.make import make_recipient, make_suppression
from tests.notifications.asking import NOTHING, counted, letter, shipped, states, written


def test_its_content_is_kept(api: Api, acme: TenantIdentity) -> None:
    answer = api.post("/notifications", letter(html="<p>Hello</p>"))
    assert (answer.status, answer.body["topic"], answer.body["recipient"]) == (202, None, None)
    assert states(answer) == {"email": ("queued", None)}
    with in_tenant(acme):
        assert Notification.objects.get().content == {
            "subject": "Hi",
            "text": "Hello",
            "html": "<p>Hello</p>",
        }
        assert Delivery.objects.get().template_version_id is None
    assert OutboxEntry.objects.get().stream == "email.normal"


def test_with_data_its_texts_are_templates(api: Api, acme: TenantIdentity) -> None:
    api.post("/notifications", letter(text="Hi {{ name }}", data={"name": "Bo"}))
    with in_tenant(acme):
        row = Notification.objects.get()
        assert (row.content["text"], row.data) == ("Hi {{ name }}", {"name": "Bo"})


@pytest.mark.parametrize(
    ("changes", "pointers"),
    [
        ({"text": "{{ not closed %}"}, ["/text"]),
        ({"text": "{{ a | nofilter }}", "html": "{% if %}"}, ["/text", "/html"]),
        ({"text": "Hi {{ name }}"}, ["/data/name"]),
        ({"subject": "{{ a }}", "text": "{{ b.c }}", "data": {"x": 1}}, ["/data/a", "/data/b/c"]),
    ],
)
def test_its_texts_are_liquid_with_data_or_without(
    api: Api, acme: TenantIdentity, changes: Any, pointers: list[str]
) -> None:
    answer = api.post("/notifications", letter(**changes))
    assert (answer.status, answer.kind, answer.pointers) == (422, "invalid", pointers)
    assert written(acme) == NOTHING


def test_data_under_a_name_that_templates_see_as_something_else_is_refused(
    api: Api, acme: TenantIdentity
) -> None:
    data = {"name": "Bo", "recipient": "Bo", "topic": "x"}
    for path, body in (("/notifications", letter(data=data)), ("/notify", shipped(data=data))):
        answer = api.post(path, body)
        assert (answer.status, answer.pointers) == (422, ["/data/recipient", "/data/topic"])
    assert written(acme) == NOTHING


@pytest.mark.parametrize(("locale", "used"), [("fr-CA", "fr"), ("de", "en"), (None, "en")])
def test_a_template_is_used_in_the_locale_asked_for(
    api: Api, acme: TenantIdentity, locale: Any, used: str
) -> None:
    asked = {"channel": "email", "to": "a@example.org", "template": "welcome", "locale": locale}
    assert api.post("/notifications", asked).status == 202
    with in_tenant(acme):
        row = Delivery.objects.get()
        assert (row.template_version.locale, row.template_version.template.name) == (
            used,
            "welcome",
        )


def test_it_may_go_to_somebody_known(api: Api, acme: TenantIdentity) -> None:
    make_recipient(acme, "user-1", email="kim@example.org", phone="")
    asked = {"channel": "email", "recipient": "user-1", "subject": "Hi", "text": "Hello"}
    assert states(api.post("/notifications", asked)) == {"email": ("queued", None)}
    sms = api.post("/notifications", {"channel": "sms", "recipient": "user-1", "text": "Hello"})
    assert states(sms) == {"sms": ("skipped", "no_contact")}


def test_a_suppressed_address_is_a_skip(api: Api, acme: TenantIdentity) -> None:
    make_suppression(acme, "bo@example.org")
    before = counted("email", "skipped")
    assert states(api.post("/notifications", letter(to="Bo@Example.org"))) == {
        "email": ("skipped", "suppressed")
    }
    assert counted("email", "skipped") == before + 1
