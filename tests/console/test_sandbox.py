"""The sandbox in the console: what was tried comes first."""

from django.test import Client

from tenants.identity import TenantIdentity
from tests.console.stories import make_story

LIST = "/admin/delivery/sandboxmessage/"


def test_the_list_begins_with_what_was_tried(console: Client, acme: TenantIdentity) -> None:
    make_story(acme, mode="test")
    make_story(acme, mode="live")
    for query, mode in (({}, "test"), ({"mode": "live"}, "live"), ({"mode": "test"}, "test")):
        page = console.get(LIST, query)
        assert [row.mode for row in page.context["cl"].result_list] == [mode]
        assert f'href="?mode={mode}" class="active"' in page.content.decode()


def test_other_lists_begin_with_what_is_live(console: Client, acme: TenantIdentity) -> None:
    make_story(acme, mode="test")
    page = console.get("/admin/notifications/notification/")
    assert not page.context["cl"].result_list
    assert 'href="?mode=live" class="active"' in page.content.decode()
