"""What the list of notifications finds, and what a page tells of one."""

import re

import pytest
from django.test import Client

from delivery.models import DeadLetter, SandboxMessage
from notifications.models import Delivery
from notifications.states import Status
from tenants.context import in_tenant
from tenants.identity import TenantIdentity
from tests.console.stories import make_delivery, make_notification, make_story
from tests.make import make_policy

LIST = "/admin/notifications/notification/"
LETTERS = "/admin/delivery/deadletter/"


def test_what_failed_is_told_with_the_providers_words_and_advice(
    console: Client, acme: TenantIdentity
) -> None:
    row = make_story(acme)
    told = {"error_class": "our_account", "error_code": "535", "detail": "5.7.8 Wrong password"}
    with in_tenant(acme):
        Delivery.objects.filter(notification=row).update(**told)
        DeadLetter.objects.update(error_class="our_account", code="535", reason=told["detail"])
        letter = DeadLetter.objects.get()
    for page in (f"{LIST}{row.id}/change/", f"/admin/delivery/deadletter/{letter.id}/change/"):
        content = console.get(page).content.decode()
        for part in ("our account", "535", "5.7.8 Wrong password", "Mend the provider account"):
            assert part in content, (page, part)


def test_what_is_on_its_way_again_needs_no_advice(console: Client, acme: TenantIdentity) -> None:
    row = make_notification(acme)
    make_delivery(acme, row, error_class="our_account", error_code="535")
    assert b"Mend the provider account" not in console.get(f"{LIST}{row.id}/change/").content


@pytest.mark.parametrize(
    "text", ["user-77", "cart-9", "Ana77@Example.org", "+33 6 12 34 56 77", "id", "delivery id"]
)
def test_search_finds_exactly(console: Client, acme: TenantIdentity, text: str) -> None:
    row = make_notification(acme, recipient_ref="user-77", correlation_id="cart-9")
    delivery = make_delivery(acme, row, address="ana77@example.org")
    make_delivery(acme, row, channel="sms", address="+33612345677")
    make_delivery(acme, make_notification(acme, recipient_ref="user-7"))
    term = {"id": str(row.id), "delivery id": str(delivery.id)}.get(text, text)
    found = console.get(LIST, {"q": term}).context["cl"].result_list
    assert [each.id for each in found] == [row.id]


def shown_for(console: Client, listing: str, text: str) -> list[str]:
    """The topics of the rows that the search box finds, the newest first."""
    found = console.get(listing, {"q": text}).context["cl"].result_list
    return [each.topic for each in found]


@pytest.fixture
def topics(acme: TenantIdentity) -> None:
    """Notifications that died, of two topics with a policy, and of one whose policy is gone."""
    for topic in ("cart.paid", "cart.sent"):
        make_policy(acme, topic)
        make_story(acme, topic=topic)
    make_story(acme, topic="cart.gone")


@pytest.mark.parametrize("listing", [LIST, LETTERS])
@pytest.mark.usefixtures("topics")
def test_search_finds_topics_by_their_beginning(console: Client, listing: str) -> None:
    assert shown_for(console, listing, "Cart.") == ["cart.sent", "cart.paid"]
    assert shown_for(console, listing, " cart.p") == ["cart.paid"]
    assert shown_for(console, listing, "cart.gone") == ["cart.gone"]
    assert shown_for(console, listing, "art") == []


def test_what_has_exactly_that_comes_before_topics(console: Client, acme: TenantIdentity) -> None:
    make_policy(acme, "cart.paid")
    make_notification(acme, topic="cart.paid")
    row = make_notification(acme, topic="other", recipient_ref="cart")
    found = console.get(LIST, {"q": "cart"}).context["cl"].result_list
    assert [each.id for each in found] == [row.id]


@pytest.mark.parametrize(
    "path",
    [
        "notifications/notification/",
        "notifications/recipient/",
        "notifications/suppression/",
        "notifications/policy/",
        "delivery/deadletter/",
        "delivery/provideraccount/",
        "delivery/sandboxmessage/",
        "templates_app/template/",
        "tenants/apikey/",
        "auth/user/",
    ],
)
def test_every_search_box_says_what_it_looks_for(console: Client, path: str) -> None:
    page = console.get(f"/admin/{path}", {"q": "nothing-like-this"}).content.decode()
    assert re.search(r'placeholder="(The beginning|The exact|Exact)', page)
    assert re.search(r"nothing-like-this” was looked for as: (The beginning|The exact|Exact)", page)


def test_filters_and_modes(console: Client, acme: TenantIdentity) -> None:
    live = make_story(acme)
    test = make_notification(acme, mode="test", status=Status.DELIVERED)
    waiting = make_notification(acme)
    make_delivery(acme, waiting, channel="sms")

    def shown(**query: str) -> set[object]:
        return {row.id for row in console.get(LIST, query).context["cl"].result_list}

    assert shown() == {live.id, waiting.id}
    assert shown(mode="test") == {test.id}
    assert shown(status="dead") == {live.id}
    assert shown(channel="sms") == {waiting.id}
    assert shown(topic="order.shipped") == {live.id, waiting.id}
    assert shown(topic="other") == set()
    assert shown(span="hour") == set()


def test_messages_are_shown_in_a_sandboxed_frame(console: Client, acme: TenantIdentity) -> None:
    content = {"subject": "Hi", "html": "<script>alert(1)</script><b>x</b>"}
    row = make_story(acme, content=content)
    with in_tenant(acme):
        message = SandboxMessage.objects.get()
    for url in (f"{LIST}{row.id}/change/", f"/admin/delivery/sandboxmessage/{message.id}/change/"):
        page = console.get(url).content.decode()
        assert 'sandbox=""' in page
        assert "<script>alert" not in page
