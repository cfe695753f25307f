"""The next channel is of no use where it does not reach the person either."""

from notifications.models import Delivery
from templates_app.services import Content
from tenants.context import in_tenant
from tests.delivery.pipeline.kit import Line
from tests.delivery.pipeline.watch_kit import (
    ANA,
    greet,
    make_watching,
    sent,
    states,
    work,
)
from tests.door import Api
from tests.make import make_account, make_suppression, make_template


def test_who_cannot_be_reached_otherwise_gets_the_fallback_at_once(api: Api, line: Line) -> None:
    make_watching(line.tenant, ["sms"])
    make_suppression(line.tenant, ANA["email"])
    greet(api)
    assert states(line) == [("email", "skipped"), ("sms", "queued")]
    greet(api, {"id": "eve", "phone": "+33612345679"})
    assert states(line)[2:] == [("email", "skipped"), ("sms", "queued")]
    work(line)
    assert len(line.provider.sent) == 2


def test_without_an_address_it_is_skipped(api: Api, line: Line) -> None:
    make_watching(line.tenant, ["sms"])
    greet(api, {"id": "ana", "email": "ana@example.org"})
    sent(line)
    work(line)
    assert states(line) == [("email", "sent"), ("sms", "skipped")]
    with in_tenant(line.tenant):
        assert Delivery.objects.get(channel="sms").reason == "no_contact"
    assert line.notification().status == "sent"


def test_without_an_address_the_next_account_sends_it_again(api: Api, line: Line) -> None:
    make_account(line.tenant, name="another", position=5)
    make_watching(line.tenant, ["sms"])
    greet(api, {"id": "ana", "email": "ana@example.org"})
    sent(line)
    work(line)
    assert states(line) == [("email", "sent"), ("sms", "skipped")]
    assert len(line.provider.sent) == 2


def test_a_suppressed_fallback_is_skipped(api: Api, line: Line) -> None:
    make_watching(line.tenant, ["sms"])
    make_suppression(line.tenant, ANA["phone"], channel="sms")
    greet(api)
    sent(line)
    work(line)
    assert states(line) == [("email", "sent"), ("sms", "skipped")]


def test_a_fallback_that_lacks_variables_is_skipped_and_says_which(api: Api, line: Line) -> None:
    contents = [
        Content(channel="email", locale="en", subject="s", text="Hello {{ name }}"),
        Content(channel="sms", locale="en", text="Hello {{ nickname }}"),
    ]
    make_template(line.tenant, "demanding", contents=contents)
    make_watching(line.tenant, ["sms"], template="demanding")
    greet(api)
    sent(line)
    work(line)
    with in_tenant(line.tenant):
        sms = Delivery.objects.get(channel="sms")
    assert (sms.status, sms.reason) == ("skipped", "no_template")
    assert "nickname" in sms.detail
