"""The platform makes a tenant, whose first operator logs in at once."""

from playwright.sync_api import Page, expect

from tenants.operators import logins
from tests.browser.conftest import Open
from tests.browser.site import PLATFORM, Site
from tests.browser.steps import PASSWORD, follow, log_in, press

MINUTE = 60_000  # milliseconds that the operator has to wait at most


def test_its_first_operator_logs_in_within_a_minute(consoles: Site, open_window: Open) -> None:
    logins.create_operator("petra", PASSWORD)
    petra = open_window(PLATFORM)
    log_in(petra, "petra")
    password = _makes_initech(petra)

    irma = open_window("initech.localhost")
    irma.set_default_timeout(MINUTE)
    log_in(irma, "irma", password)
    expect(irma.get_by_role("heading", name="Overview")).to_be_visible(timeout=MINUTE)
    expect(irma.get_by_text("First steps")).to_be_visible()


def _makes_initech(petra: Page) -> str:
    """The password that the page shows for the first operator."""
    follow(petra, "Tenants", "Add tenant")
    petra.get_by_role("textbox", name="Name").fill("initech")
    petra.get_by_role("textbox", name="Domain").fill("initech.localhost")
    petra.get_by_role("textbox", name="First user").fill("irma")
    press(petra, "Save")
    shown = petra.locator("#new-password")
    expect(shown).to_be_visible(timeout=MINUTE)
    expect(petra.get_by_role("link", name="http://initech.localhost")).to_be_visible()
    return shown.inner_text()
