"""Without a receipt the next channel is used, once, and at once where there will be none."""

import pytest

from delivery.errors import DeliveryError, ErrorClass
from delivery.receipts.events import EventKind
from notifications import policies
from notifications.models import Delivery, Policy
from signalbus.bus.models import OutboxEntry
from templates_app.services import Content
from tenants.context import in_tenant
from tests.delivery.pipeline.kit import Line
from tests.delivery.pipeline.watch_kit import (
    ANA,
    greet,
    make_watching,
    receipt,
    sent,
    states,
    work,
)
from tests.door import Api
from tests.make import make_account, make_suppression, make_template

REFUSED = DeliveryError(error_class=ErrorClass.CONTENT_REFUSED, code="400", detail="No.")


def test_without_a_receipt_the_next_channel_is_used(api: Api, line: Line) -> None:
    make_watching(line.tenant, ["sms"])
    greet(api)
    sent(line)
    work(line)
    assert states(line) == [("email", "sent"), ("sms", "sent")]
    with in_tenant(line.tenant):
        email, sms = Delivery.objects.order_by("id")
    assert (email.fell_over, sms.fallback_of) == (True, email.id)
    assert (sms.address, sms.lane, sms.locale) == (ANA["phone"], "normal", "en")
    assert sms.template_version_id is not None
    assert not sms.possibly_repeated
    assert [message.text for message in line.provider.sent] == ["Hello Ana", "Hello Ana"]


def test_the_notification_is_queued_until_the_next_channel_has_sent(api: Api, line: Line) -> None:
    make_watching(line.tenant, ["sms"])
    greet(api)
    sent(line)
    line.deliver()
    assert states(line) == [("email", "sent"), ("sms", "queued")]
    assert line.notification().status == "queued"
    work(line)
    assert line.notification().status == "sent"


def test_the_channel_comes_before_the_account(api: Api, line: Line) -> None:
    make_account(line.tenant, name="another", position=5)
    make_watching(line.tenant, ["sms"])
    greet(api)
    sent(line)
    work(line)
    assert states(line) == [("email", "sent"), ("sms", "sent")]
    assert len(line.provider.sent) == 2


def test_a_fallback_is_sent_by_its_channel_once(api: Api, line: Line) -> None:
    make_account(line.tenant, name="another", channel="sms", position=5)
    make_watching(line.tenant, ["sms"])
    greet(api)
    for _ in range(3):
        work(line)
        line.pass_time(60)
    assert len(line.provider.sent) == 2
    assert not OutboxEntry.objects.exists()


@pytest.mark.parametrize("kind", [EventKind.BOUNCED, EventKind.FAILED])
def test_a_bad_receipt_calls_for_the_next_channel_at_once(
    api: Api, line: Line, kind: EventKind
) -> None:
    make_watching(line.tenant, ["sms"])
    greet(api)
    sent(line, then=1)
    receipt(line, kind)
    work(line)
    assert states(line) == [("email", kind.value), ("sms", "sent")]


def test_a_refusal_calls_for_the_next_channel_at_once(api: Api, line: Line) -> None:
    make_watching(line.tenant, ["sms"])
    line.provider.answers[ANA["email"]].append(REFUSED)
    greet(api)
    work(line)
    assert states(line) == [("email", "failed"), ("sms", "sent")]
    assert line.notification().status == "sent"


def test_a_suppressed_address_calls_for_the_next_channel_at_once(api: Api, line: Line) -> None:
    make_watching(line.tenant, ["sms"])
    greet(api)
    make_suppression(line.tenant, ANA["email"])
    work(line)
    assert states(line) == [("email", "skipped"), ("sms", "sent")]


def test_a_broken_template_calls_for_the_next_channel_at_once(api: Api, line: Line) -> None:
    broken = [
        Content(channel="email", locale="en", subject="s", text="{{ name | divided_by: 0 }}"),
        Content(channel="sms", locale="en", text="Hello {{ name }}"),
    ]
    make_template(line.tenant, "broken", contents=broken)
    make_watching(line.tenant, ["sms"], template="broken")
    greet(api)
    work(line)
    assert states(line) == [("email", "failed"), ("sms", "sent")]


def test_a_request_that_names_a_channel_falls_back_too(api: Api, line: Line) -> None:
    make_watching(line.tenant, ["sms"])
    greet(api, channels=["email"])
    sent(line)
    work(line)
    assert states(line) == [("email", "sent"), ("sms", "sent")]


def test_a_policy_that_was_switched_off_sends_nothing_more(api: Api, line: Line) -> None:
    make_watching(line.tenant, ["sms"])
    greet(api)
    sent(line)
    with in_tenant(line.tenant):
        Policy.objects.filter(topic="person.greeted").update(enabled=False)
    policies.forget(line.tenant.schema)
    work(line)
    assert states(line) == [("email", "sent")]
