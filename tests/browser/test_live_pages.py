"""Pages follow what happens: at once by the live stream, and by looking again without it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tenants.identity import TenantIdentity
from tests.browser.conftest import Open
from tests.browser.site import Site
from tests.browser.steps import log_in, log_out, make_operator
from tests.journeys.http import Client
from tests.make import make_key

SOON = 7_000  # milliseconds; a page that hears nothing looks again only after ten seconds
WHILE = 2_000
WITHOUT = 15_000
STREAM = "**/api/v1/stream**"
NOTIFICATION = "/admin/notifications/notification/{id}/change/"


@pytest.fixture
def client(acme: TenantIdentity, consoles: Site) -> Client:
    make_operator(acme, "olga")
    return Client(consoles.port, make_key(acme))


def ask(client: Client, hours: int = 1) -> dict[str, Any]:
    """A letter for later; what waits for its time is looked at every ten seconds."""
    later = datetime.now(UTC) + timedelta(hours=hours)
    letter = {"channel": "email", "to": "ana@example.org", "subject": "Hi", "text": "Hello"}
    asked = {**letter, "send_at": later.isoformat()}
    return client.post_until_accepted("/notifications", asked)


def opened(open_window: Open, path: str) -> Page:
    """A page that has begun to listen."""
    page = open_window("acme.localhost")
    log_in(page, "olga")
    with page.expect_response(STREAM):
        page.goto(path)
    page.wait_for_timeout(1_000)
    return page


def test_the_start_page_tells_at_once_what_was_accepted(client: Client, open_window: Open) -> None:
    page = opened(open_window, "/admin/")
    ask(client)
    newest = page.locator("#home a[href*='/notifications/notification/']")
    expect(newest.first).to_be_visible(timeout=SOON)


def test_a_notifications_page_follows_it_and_no_other(client: Client, open_window: Open) -> None:
    made, other = ask(client), ask(client)
    page = opened(open_window, NOTIFICATION.format(**made))
    looks: list[str] = []
    page.on("request", lambda request: request.url == page.url and looks.append(request.url))
    client.post(f"/notifications/{other['id']}/cancel", {})
    page.wait_for_timeout(WHILE)
    assert looks == []
    client.post(f"/notifications/{made['id']}/cancel", {})
    expect(page.locator("#story header")).to_contain_text("cancelled", timeout=SOON)


def test_without_the_stream_pages_look_again_and_seldom_complain(
    client: Client, open_window: Open, complaints: list[str]
) -> None:
    made = ask(client)
    page = open_window("acme.localhost")
    log_in(page, "olga")
    page.route(STREAM, lambda route: route.abort())
    page.goto(NOTIFICATION.format(**made))
    page.wait_for_timeout(1_000)
    client.post(f"/notifications/{made['id']}/cancel", {})
    expect(page.locator("#story header")).to_contain_text("cancelled", timeout=WITHOUT)
    page.wait_for_timeout(3_000)
    assert 1 <= len(complaints) <= 4, complaints


def test_the_log_out_ends_what_other_tabs_hear_and_show(client: Client, open_window: Open) -> None:
    made = ask(client)
    page = opened(open_window, NOTIFICATION.format(**made))
    other = page.context.new_page()
    other.goto("/admin/")
    log_out(other, "olga")
    with page.expect_navigation(url="**/admin/login/**", timeout=WITHOUT):
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
