"""Somebody has forgotten their password, and gets another one by a link in a mail."""

import re

from playwright.sync_api import expect

from tenants.context import in_tenant
from tenants.identity import TenantIdentity
from tenants.operators import logins
from tests.browser.conftest import Open
from tests.browser.site import Site
from tests.browser.steps import PASSWORD, log_in
from tests.processes import eventually

ANOTHER = "another-long-password"


def test_the_link_of_the_mail_lets_them_choose_another(
    acme: TenantIdentity, consoles: Site, open_window: Open
) -> None:
    with in_tenant(acme):
        logins.create_operator("olga", PASSWORD, email="olga@example.org")
    olga = open_window("acme.localhost")
    olga.goto("/admin/login/")
    olga.get_by_role("link", name="Forgotten your password").click()
    olga.get_by_label("Your e-mail address").fill("olga@example.org")
    olga.keyboard.press("Enter")
    expect(olga.get_by_text("a link is on its way")).to_be_visible()
    eventually(lambda: consoles.mailbox.messages, what="the mail arrives")
    (mail,) = consoles.mailbox.messages
    (link,) = re.findall(r"http://\S+", mail.get_content())
    olga.goto(link)
    olga.get_by_label("New password", exact=False).first.fill(ANOTHER)
    olga.get_by_label("New password confirmation").fill(ANOTHER)
    olga.keyboard.press("Enter")
    expect(olga.get_by_text("Your password is changed.")).to_be_visible()
    log_in(olga, "olga", ANOTHER)
    expect(olga.get_by_role("heading", name="Overview")).to_be_visible()
