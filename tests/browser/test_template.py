"""An editor writes a template, looks at it, publishes it, and sends it to themselves."""

from playwright.sync_api import Locator, Page, expect

from tenants.identity import TenantIdentity
from tenants.roles import Role
from tests.browser.conftest import Open
from tests.browser.steps import DELIVERED, follow, log_in, make_operator, press


def test_it_is_written_previewed_published_and_its_test_stands_in_the_sandbox(
    acme: TenantIdentity, line: None, open_window: Open
) -> None:
    make_operator(acme, "edith", Role.EDITOR)
    edith = open_window("acme.localhost")
    log_in(edith, "edith")
    _creates_it(edith)
    _writes_a_draft(edith)
    _previews_it(edith)
    _publishes_it(edith)
    _sends_a_test(edith)
    _finds_it_in_the_sandbox(edith)


def _creates_it(edith: Page) -> None:
    follow(edith, "Templates", "Add template")
    edith.get_by_role("textbox", name="Name").fill("order-on-its-way")
    edith.get_by_role("button", name="Save", exact=True).click()
    expect(edith.get_by_text("Write its first text now")).to_be_visible()


def _writes_a_draft(edith: Page) -> None:
    edith.get_by_label("Channel").select_option("email")
    edith.get_by_label("Subject").fill("Order {{ order }} is on its way")
    edith.get_by_label("Text").fill("Dear {{ name }}, your order {{ order }} left our house.")
    press(edith, "Save as draft")
    expect(_content(edith).get_by_text("draft", exact=True)).to_be_visible()


def _previews_it(edith: Page) -> None:
    expect(_mail(edith)).to_contain_text("Dear Ana, your order A-1001 left our house.")
    edith.get_by_label("Data").fill('{"name": "Zoé", "order": "B-2"}')
    press(edith, "Render with these")
    expect(_mail(edith)).to_contain_text("Dear Zoé, your order B-2 left our house.")


def _publishes_it(edith: Page) -> None:
    press(edith, "Publish")
    expect(edith.get_by_text("New notifications use this version")).to_be_visible()
    expect(_content(edith).get_by_text("published", exact=True)).to_be_visible()


def _sends_a_test(edith: Page) -> None:
    follow(edith, "All texts")
    _content(edith).get_by_role("link", name="Send a test").click()
    edith.get_by_label("E-mail address").fill("edith@example.org")
    press(edith, "Send")
    expect(edith.get_by_text("It was accepted")).to_be_visible()
    expect(edith.locator("[data-live=head]")).to_contain_text("delivered", timeout=DELIVERED)


def _finds_it_in_the_sandbox(edith: Page) -> None:
    follow(edith, "Sandbox", "Test")
    row = edith.locator("#result_list tbody tr")
    expect(row).to_contain_text("edith@example.org")
    row.get_by_role("link").first.click()
    expect(edith.get_by_text("Order A-1001 is on its way").first).to_be_visible()
    expect(_mail(edith)).to_contain_text("Dear Ana, your order A-1001 left our house.")


def _mail(edith: Page) -> Locator:
    """The message as its recipient sees it, in its frame."""
    return edith.frame_locator("iframe.sb-frame").locator("body")


def _content(edith: Page) -> Locator:
    """The page without the frame around it."""
    return edith.locator("#content")
