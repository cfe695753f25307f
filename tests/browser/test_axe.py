"""Axe finds nothing grave on any page, in both themes, on a desktop and on a phone."""

from collections.abc import Iterable

from playwright.sync_api import Page

from tenants.identity import TenantIdentity
from tenants.operators import logins
from tenants.roles import Role
from tests.browser import everywhere
from tests.browser.axe import SIDEBAR, findings
from tests.browser.conftest import Open
from tests.browser.site import PLATFORM
from tests.browser.steps import PASSWORD, log_in, make_operator
from tests.browser.watching import Watch
from tests.console.everything import fill

ACME = "acme.localhost"
NOWHERE = ["/no-such-page", "/admin/no/such/page/"]
DOCUMENTS = ["/api/v1/docs", "/api/v1/errors"]


def looked_at(page: Page, paths: Iterable[str]) -> list[str]:
    """What is grave on each of them, one line each."""
    found: list[str] = []
    for number, path in enumerate(paths):
        page.goto(path)
        if path == DOCUMENTS[0]:
            page.locator(".opblock").first.wait_for()  # its script draws the page
        found += [
            f"{path} {finding}"
            for finding in sorted(findings(page, *([SIDEBAR] if number else [])))
        ]
    return found


def test_a_tenants_console(acme: TenantIdentity, open_window: Open) -> None:
    make_operator(acme, "olga")
    fill(acme, "ours")
    paths = everywhere.of_tenant(acme, "ours", "olga")
    olga = open_window(ACME)
    log_in(olga, "olga")
    assert not looked_at(olga, paths)


def test_the_platforms_console(acme: TenantIdentity, open_window: Open) -> None:
    logins.create_operator("petra", PASSWORD)
    fill(acme, "ours")
    paths = everywhere.of_platform(acme, "petra")
    petra = open_window(PLATFORM)
    log_in(petra, "petra")
    assert not looked_at(petra, paths)


def test_what_is_seen_before_the_log_in_and_where_nothing_is(
    acme: TenantIdentity, open_window: Open, watch: Watch
) -> None:
    make_operator(acme, "olga")
    paths = everywhere.entrances(acme, "olga")
    nobody = open_window(ACME)
    with watch.expecting(404, 410):
        assert not looked_at(nobody, [*paths, *NOWHERE, *DOCUMENTS])


def test_a_console_with_nothing_in_it_for_those_who_may_only_look(
    acme: TenantIdentity, open_window: Open, watch: Watch
) -> None:
    make_operator(acme, "vera", Role.VIEWER)
    vera = open_window(ACME)
    log_in(vera, "vera")
    lists = ["/admin/", "/admin/notifications/notification/", "/admin/delivery/deadletter/"]
    with watch.expecting(403):
        assert not looked_at(vera, [*lists, "/admin/auth/user/"])
