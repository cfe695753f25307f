"""Choosing what a test sends changes its data alone; whom it is for stays as it was typed."""

from playwright.sync_api import Page, expect

from tenants.identity import TenantIdentity
from tenants.roles import Role
from tests.browser.conftest import Open
from tests.browser.steps import follow, log_in, make_operator

DATA = {"order.shipped": '{"order": "A-1001"}', "login.code": '{"code": "123456"}'}


def test_what_was_typed_outlives_another_choice(acme: TenantIdentity, open_window: Open) -> None:
    make_operator(acme, "olga", Role.OWNER)
    olga = open_window("acme.localhost")
    log_in(olga, "olga")
    follow(olga, "Send a test")
    _types(olga)
    for topic, data in DATA.items():
        olga.get_by_label("Send").select_option(f"policy:{topic}")
        expect(olga.get_by_label("Data")).to_have_value(data)
    _finds_it(olga)


def _types(olga: Page) -> None:
    olga.get_by_label("E-mail address").fill("olga@example.org")
    olga.get_by_label("Phone number").fill("+33612345678")
    olga.get_by_label("Locale").fill("fr-CA")
    olga.get_by_label("Live: it really goes out").check()


def _finds_it(olga: Page) -> None:
    expect(olga.get_by_label("E-mail address")).to_have_value("olga@example.org")
    expect(olga.get_by_label("Phone number")).to_have_value("+33612345678")
    expect(olga.get_by_label("Locale")).to_have_value("fr-CA")
    expect(olga.get_by_label("Live: it really goes out")).to_be_checked()
