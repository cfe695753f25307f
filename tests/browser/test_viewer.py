"""An owner invites somebody who may look at everything, and redrive nothing."""

import re

from playwright.sync_api import Page, expect

from notifications.models import Notification
from tenants.identity import TenantIdentity
from tests.browser.conftest import Open
from tests.browser.site import Site
from tests.browser.steps import PASSWORD, follow, log_in, make_operator, press
from tests.browser.watching import Watch
from tests.console.stories import make_story
from tests.journeys.http import Client
from tests.processes import eventually


def test_who_is_invited_as_viewer_sees_a_failed_message_and_cannot_redrive_it(
    acme: TenantIdentity, consoles: Site, open_window: Open, watch: Watch
) -> None:
    make_operator(acme, "olga")
    failed = make_story(acme, topic="order.shipped")
    olga, vera = open_window("acme.localhost"), open_window("acme.localhost")
    _invites(olga)
    _follows_the_link(vera, _link(consoles))
    log_in(vera, "vera")
    _sees_no_button(vera)
    _is_refused_in_the_console(vera, failed, watch)
    _is_refused_by_the_api(vera, failed, consoles)


def _invites(olga: Page) -> None:
    log_in(olga, "olga")
    follow(olga, "Invitations", "Add invitation")
    olga.get_by_label("Email").fill("vera@example.org")
    olga.get_by_label("Role").select_option("viewer")
    press(olga, "Save")
    expect(olga.get_by_text("The link went out by mail.")).to_be_visible()


def _link(consoles: Site) -> str:
    """What the mail says that came to vera."""
    eventually(lambda: consoles.mailbox.messages, what="the invitation arrives")
    (mail,) = consoles.mailbox.messages
    assert mail["To"] == "vera@example.org"
    (link,) = re.findall(r"http://\S+", mail.get_content())
    return link


def _follows_the_link(vera: Page, link: str) -> None:
    vera.goto(link)
    expect(vera.get_by_text("You are invited as viewer")).to_be_visible()
    vera.get_by_label("Username").fill("vera")
    vera.get_by_label("Password", exact=False).first.fill(PASSWORD)
    vera.get_by_label("Password confirmation").fill(PASSWORD)
    press(vera, "Join")
    expect(vera.get_by_text("You may log in now.")).to_be_visible()


def _sees_no_button(vera: Page) -> None:
    follow(vera, "Notifications", "order.shipped")
    expect(vera.locator("[data-live=head]")).to_contain_text("dead")
    expect(vera.locator("[data-live=deliveries]")).not_to_contain_text("ana@example.org")
    expect(vera.get_by_role("button", name="Redrive")).to_have_count(0)


def _is_refused_in_the_console(vera: Page, failed: Notification, watch: Watch) -> None:
    """Posts what the button would, from a page of the console."""
    page = f"/admin/notifications/notification/{failed.id}/redrive/"
    post = "address => { const form = document.forms[0]; form.action = address; form.submit() }"
    with watch.expecting(403), vera.expect_navigation() as moved:
        vera.evaluate(post, page)
    assert moved.value.status == 403
    expect(vera.get_by_text("This needs the role operator")).to_be_visible()


def _is_refused_by_the_api(vera: Page, failed: Notification, consoles: Site) -> None:
    follow(vera, "API keys", "Add API key")
    vera.get_by_label("Name").fill("my own")
    vera.get_by_label("Mode").select_option("live")
    press(vera, "Save")
    key = vera.get_by_label("The new key").input_value()
    api = Client(consoles.port, key)
    assert api.get(f"/notifications/{failed.id}")["status"] == "dead"
    status, problem = api.post(f"/notifications/{failed.id}/redrive", {})
    assert (status, problem["type"]) == (403, "urn:signalbus:error:missing-scope")
