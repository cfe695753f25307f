"""What people do in a console again and again."""

from base64 import b32decode
from time import time
from urllib.parse import urlsplit

from django_otp.oath import TOTP
from playwright.sync_api import Page

from tenants.context import in_tenant
from tenants.identity import TenantIdentity
from tenants.operators import logins
from tenants.roles import Role

LOG_IN = "/admin/login/"
PASSWORD = "a-long-enough-password"
DELIVERED = 60_000  # milliseconds that a message takes at most on a busy machine
STEP = 30  # seconds that a code of an authenticator app is shown for


def make_operator(tenant: TenantIdentity, name: str, role: Role = Role.OWNER) -> str:
    """Somebody who may log in to the tenant's console; their name."""
    with in_tenant(tenant):
        return logins.create_operator(name, PASSWORD, role=role).username


def log_in(page: Page, name: str, password: str = PASSWORD) -> None:
    """Fill in the log-in page, on which the window comes out or is already."""
    if urlsplit(page.url).path != LOG_IN:
        page.goto("/admin/")
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url(lambda address: urlsplit(address).path != LOG_IN)


def log_out(page: Page, name: str) -> None:
    """By the menu that opens at one's own name; the log-in page is where that leads."""
    press(page, name)
    press(page, "Log out")
    follow(page, "Log in again")
    page.wait_for_url(f"**{LOG_IN}**")


def follow(page: Page, *titles: str) -> None:
    """Click links of these titles, one after the other."""
    for title in titles:
        page.get_by_role("link", name=title, exact=True).first.click()


def press(page: Page, title: str) -> None:
    """Click a button."""
    page.get_by_role("button", name=title, exact=True).click()


def code_of(secret: str, ahead: int = 0) -> str:
    """What an authenticator app shows, or will show that many codes later."""
    app = TOTP(b32decode(secret))
    app.time = time() + ahead * STEP
    return f"{app.token():06}"
