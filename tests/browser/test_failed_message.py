"""Somebody asks why a mail never came: the operator logs in, finds it, mends it, sends it again."""

from playwright.sync_api import Page, expect

from tenants.identity import TenantIdentity
from tests.browser.conftest import Open
from tests.browser.site import Site
from tests.browser.steps import (
    DELIVERED,
    PASSWORD,
    code_of,
    follow,
    log_in,
    log_out,
    make_operator,
    press,
)
from tests.journeys.http import Client
from tests.make import make_account, make_key, make_policy
from tests.processes import eventually

ANA = {"id": "user-42", "email": "ana@example.org", "attributes": {"name": "Ana"}}


def test_it_is_found_understood_redriven_and_delivered(
    acme: TenantIdentity, line: None, consoles: Site, open_window: Open
) -> None:
    make_operator(acme, "olga")
    make_policy(acme, "person.greeted", channels=("email",))
    make_account(acme, name="Mail house", options={"fail_ratio": 1})
    client = Client(consoles.port, make_key(acme))
    asked = {"topic": "person.greeted", "recipient": ANA, "data": {"name": "Ana"}}
    path = f"/notifications/{client.post_until_accepted('/notify', asked)['id']}"
    eventually(lambda: client.get(path)["status"] == "dead", 60, "given up")

    olga = open_window("acme.localhost")
    log_in(olga, "olga")
    secret = _sets_up_a_second_factor(olga)
    log_out(olga, "olga")
    _logs_in_with_both(olga, secret)
    _finds_it_by_the_address(olga)
    _understands_it(olga)
    _mends_the_account(olga)
    _redrives_it(olga)


def _sets_up_a_second_factor(olga: Page) -> str:
    """The secret, as the authenticator app keeps it."""
    press(olga, "olga")
    follow(olga, "Second factor")
    olga.get_by_label("Password").fill(PASSWORD)
    press(olga, "Set it up")
    secret = olga.locator("#secret").inner_text()
    olga.get_by_role("textbox", name="Code").fill(code_of(secret))
    press(olga, "Switch it on")
    codes = olga.locator("#recovery-codes")
    expect(codes).to_be_visible()
    assert len(set(codes.inner_text().split())) == 10
    follow(olga, "I have kept them")
    return secret


def _logs_in_with_both(olga: Page, secret: str) -> None:
    """A code is good once: the one after it is used, as if the app's clock were a little fast."""
    log_in(olga, "olga")
    olga.get_by_role("textbox", name="Code").fill(code_of(secret, ahead=1))
    press(olga, "Log in")
    expect(olga.get_by_role("heading", name="Overview")).to_be_visible()


def _finds_it_by_the_address(olga: Page) -> None:
    follow(olga, "Notifications")
    olga.get_by_placeholder("Exact: id").fill("ana@example.org")
    olga.keyboard.press("Enter")
    row = olga.locator("#result_list tbody tr")
    expect(row).to_have_count(1)
    expect(row).to_contain_text("dead")
    row.get_by_role("link").first.click()


def _understands_it(olga: Page) -> None:
    """Whose fault it was, what the provider said, and what to do."""
    deliveries = olga.locator("[data-live=deliveries]")
    for words in (
        "provider down 503",
        "Simulated: temporarily out of order.",
        "Check the account's host, port and network",
        "redrive once it works again",
    ):
        expect(deliveries).to_contain_text(words)


def _mends_the_account(olga: Page) -> None:
    follow(olga, "Provider accounts", "Mail house")
    olga.get_by_label("Share that fails").fill("0")
    press(olga, "Save")
    expect(olga.get_by_text("was changed successfully")).to_be_visible()


def _redrives_it(olga: Page) -> None:
    _finds_it_by_the_address(olga)
    press(olga, "Redrive")
    expect(olga.get_by_text("In the line again: 1 delivery")).to_be_visible()
    # The page keeps itself up to date until there is nothing more to come.
    expect(olga.locator("[data-live=head]")).to_contain_text("delivered", timeout=DELIVERED)
    expect(olga.locator("[data-live=timeline]")).to_contain_text("redriven")
