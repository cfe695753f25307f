"""No page issues a number of queries that grows with what it shows."""

import re
from collections.abc import Callable

import pytest
from django.test import Client

from tenants.identity import TenantIdentity
from tenants.keys import create_key
from tenants.schemas import count_statements
from tests.console.stories import make_delivery, make_notification, make_redrive, make_story
from tests.make import make_account, make_policy, make_recipient, make_suppression, make_template

FEW, MANY = 5, 50
Maker = Callable[[TenantIdentity, int], object]

LISTS: dict[str, Maker] = {
    "notifications/notification/": lambda t, n: make_story(t, topic=f"story-{n}"),
    "notifications/notification/?status=queued&channel=email&span=day": lambda t, n: make_delivery(
        t, make_notification(t)
    ),
    "delivery/deadletter/": lambda t, n: make_story(t),
    "delivery/redrive/": lambda t, n: make_redrive(t),
    "delivery/sandboxmessage/": lambda t, n: make_story(t),
    "templates_app/template/": lambda t, n: make_template(t, f"template-{n}"),
    "notifications/policy/": lambda t, n: make_policy(t, f"topic-{n}"),
    "notifications/recipient/": lambda t, n: make_recipient(t, f"user-{n}"),
    "notifications/suppression/": lambda t, n: make_suppression(t, f"a{n}@example.org"),
    "delivery/provideraccount/": lambda t, n: make_account(t, name=f"account {n}"),
    "tenants/apikey/": lambda t, n: create_key(t.id, name=f"key {n}", mode="live"),
    "": lambda t, n: make_story(t),
}


def _statements(client: Client, path: str) -> int:
    client.get(f"/admin/{path}")  # whatever is kept in process is there by now
    with count_statements() as counted:
        assert client.get(f"/admin/{path}").status_code == 200
    return counted.total


@pytest.mark.parametrize("path", sorted(LISTS))
def test_a_list_of_fifty_asks_as_much_as_one_of_five(
    console: Client, acme: TenantIdentity, path: str
) -> None:
    for number in range(FEW):
        LISTS[path](acme, number)
    few = _statements(console, path)
    for number in range(FEW, MANY):
        LISTS[path](acme, number)
    assert _statements(console, path) == few


def test_the_list_of_notifications_asks_little(console: Client, acme: TenantIdentity) -> None:
    make_story(acme)
    assert _statements(console, "notifications/notification/") <= 8


def test_a_notification_with_many_attempts_asks_as_much_as_one_with_few(
    console: Client, acme: TenantIdentity
) -> None:
    short, long = (make_story(acme, attempts=count) for count in (1, 20))
    pages = [f"notifications/notification/{row.id}/change/" for row in (short, long)]
    assert _statements(console, pages[0]) == _statements(console, pages[1])


def test_pages_go_on_where_the_last_one_ended(console: Client, acme: TenantIdentity) -> None:
    for number in range(60):
        make_notification(acme, recipient_ref=f"user-{number:03}")
    first = console.get("/admin/notifications/notification/")
    older = first.context["cl"].paginator.older
    second = console.get(older)
    shown = [
        row.recipient_ref for page in (first, second) for row in page.context["cl"].result_list
    ]
    assert shown == [f"user-{number:03}" for number in reversed(range(60))]
    assert second.context["cl"].paginator.older is None
    assert "cursor=" in second.context["cl"].paginator.newer


def test_a_wrong_cursor_shows_the_newest(console: Client, acme: TenantIdentity) -> None:
    make_notification(acme)
    page = console.get("/admin/notifications/notification/?cursor=nonsense")
    assert len(page.context["cl"].result_list) == 1


def test_a_search_from_an_older_page_begins_at_the_newest(
    console: Client, acme: TenantIdentity
) -> None:
    page = "/admin/notifications/notification/"
    for number in range(60):
        make_notification(acme, recipient_ref=f"user-{number:03}")
    older = console.get(f"{page}?mode=live").context["cl"].paginator.older
    content = console.get(older).content.decode()
    form = content.partition('id="changelist-search"')[2].partition("</form>")[0]
    carried = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', form))
    assert carried == {"mode": "live"}
    found = console.get(page, {**carried, "q": "user-059"}).context["cl"].result_list
    assert [row.recipient_ref for row in found] == ["user-059"]
