"""Redriving many in the console: counted, begun, seen, stopped; settling by hand."""

from typing import Any

import pytest
from django.test import Client

from delivery.models import Redrive
from notifications.models import Action, Delivery, Notification
from notifications.states import Status
from tenants.context import in_tenant
from tenants.identity import TenantIdentity
from tests.console.stories import make_delivery, make_notification, make_redrive, make_story
from tests.make import make_account, make_policy, make_suppression

LETTERS = "/admin/delivery/deadletter/"
MANY = f"{LETTERS}redrive-many/"
REDRIVES = "/admin/delivery/redrive/"


def ask(console: Client, act: str, **fields: Any) -> Any:
    return console.post(MANY, {"mode": "live", "limit": 1000, "act": act, **fields})


def states(tenant: TenantIdentity) -> list[str]:
    with in_tenant(tenant):
        return sorted(Delivery.objects.values_list("status", flat=True))


def test_the_page_begins_with_what_the_list_is_filtered_by(
    console: Client, acme: TenantIdentity
) -> None:
    story = make_story(acme, mode="test")
    query = {"channel__exact": "email", "error_class": "busy", "mode": "test", "q": str(story.id)}
    listing = console.get(LETTERS, query)
    link = "redrive-many/?channel__exact=email&amp;error_class=busy&amp;mode=test"
    assert link in listing.content.decode()
    initial = console.get(MANY, query).context["form"].initial
    assert (initial["status"], initial["channel"], initial["error_class"]) == (
        "dead",
        "email",
        "busy",
    )
    assert (initial["mode"], initial["notification"]) == ("test", story.id)
    page = console.get(MANY, query).content.decode()
    for name, value in (("mode", "test"), ("status", "dead"), ("error class", "busy")):
        assert f'<span class="sb-quiet">{name}</span> {value}' in page


@pytest.mark.parametrize("text", ["cart.sent", "cart.s"])
def test_a_search_for_one_topic_is_carried_over(
    console: Client, acme: TenantIdentity, text: str
) -> None:
    for topic in ("cart.sent", "cart.paid"):
        make_policy(acme, topic)
        make_story(acme, topic=topic)
    assert console.get(MANY, {"q": text}).context["form"].initial["topic"] == "cart.sent"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("cart", "finds dead letters of 4 topics: cart.a, cart.b, cart.c and 1 more."),
        ("user-42", "finds no dead letter"),
    ],
)
def test_a_search_that_is_no_filter_of_a_redrive_is_refused(
    console: Client, acme: TenantIdentity, text: str, said: str
) -> None:
    for topic in ("cart.a", "cart.b", "cart.c", "cart.d"):
        make_policy(acme, topic)
        make_story(acme, topic=topic)
    answer = console.get(MANY, {"q": text, "error_class": "busy"}, follow=True)
    assert answer.redirect_chain == [(f"{LETTERS}?q={text}&error_class=busy", 302)]
    assert said in answer.content.decode()


def test_it_is_counted_then_begun_and_shown(console: Client, acme: TenantIdentity) -> None:
    for _ in range(3):
        make_story(acme)
    gone = make_story(acme)
    with in_tenant(acme):
        Delivery.objects.filter(notification=gone).update(address="gone@example.org")
    make_suppression(acme, "gone@example.org")
    page = ask(console, "count", topic="order.shipped").content.decode()
    assert "3 would be redriven" in page
    assert '<span class="sb-quiet">topic</span> order.shipped' in page
    assert "1 would stay" in page
    assert states(acme) == ["dead"] * 4
    account = make_account(acme, name="spare")
    done = ask(console, "redrive", topic="order.shipped", rate="2", through=str(account.id))
    with in_tenant(acme):
        row = Redrive.objects.get()
        assert set(Delivery.objects.filter(status="queued").values_list("wanted_account")) == {
            (account.id,)
        }
    assert done.headers["Location"] == f"{REDRIVES}{row.id}/change/"
    assert (row.count, row.rate_per_second, row.actor) == (3, 2.0, "user olga")
    shown = console.get(f"{REDRIVES}{row.id}/change/").content.decode()
    for part in ("Redrive of 3", "running", "order.shipped", "2 a second", "spare", "3 queued"):
        assert part in shown, part
    listing = console.get(REDRIVES)
    assert [each.id for each in listing.context["cl"].result_list] == [row.id]
    assert "0 of 3" in listing.content.decode()


def test_it_is_stopped(console: Client, acme: TenantIdentity) -> None:
    row = make_redrive(acme)
    console.post(f"{REDRIVES}{row.id}/stop/")
    assert states(acme) == ["dead"]
    shown = console.get(f"{REDRIVES}{row.id}/change/").content.decode()
    assert "1 as before" in shown
    assert "/stop/" not in shown


def test_what_is_wrong_is_told(console: Client, acme: TenantIdentity) -> None:
    make_story(acme)
    assert "Fill in at least one field" in ask(console, "redrive").content.decode()
    assert (
        "no provider account"
        in ask(console, "redrive", topic="a", sent_through="nobody").content.decode()
    )
    assert ask(console, "redrive", topic="order.shipped", limit="0").status_code == 200
    assert states(acme) == ["dead"]


def test_modes_keep_apart(console: Client, acme: TenantIdentity) -> None:
    make_story(acme)
    make_story(acme, mode="test")
    ask(console, "redrive", status="dead", mode="test")
    with in_tenant(acme):
        assert Delivery.objects.get(status="queued").mode == "test"
    assert not console.get(REDRIVES).context["cl"].result_list
    assert len(console.get(f"{REDRIVES}?mode=test").context["cl"].result_list) == 1


@pytest.mark.parametrize("settled", ["sent", "delivered", "failed"])
def test_what_is_unknown_is_settled_by_hand(
    console: Client, acme: TenantIdentity, settled: str
) -> None:
    row = make_notification(acme, status=Status.UNKNOWN)
    make_delivery(acme, row)
    page = f"/admin/notifications/notification/{row.id}/"
    button = f"settle-{settled}/"
    assert button in console.get(f"{page}change/").content.decode()
    console.post(f"{page}{button}")
    with in_tenant(acme):
        assert Notification.objects.get().status == settled
        assert Action.objects.get().actor == "user olga"
    shown = console.get(f"{page}change/").content.decode()
    assert button not in shown
    assert f"settled as {settled}" in shown


def test_the_start_page_leads_to_what_is_unknown(console: Client, acme: TenantIdentity) -> None:
    make_delivery(acme, make_notification(acme, status=Status.UNKNOWN))
    page = console.get("/admin/")
    (figure,) = [each for each in page.context["figures"] if "unknown" in each.title]
    assert figure.value == "1"
    assert len(console.get(figure.link).context["cl"].result_list) == 1
