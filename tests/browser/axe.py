"""What axe finds on a page that keeps somebody from using it."""

from collections.abc import Sequence

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

DESKTOP, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
GRAVE = ("serious", "critical")
LOOK = """async ([besides, rules]) => {
  const options = {resultTypes: ["violations"], ...(rules.length && {runOnly: rules})};
  return (await axe.run({exclude: besides}, options)).violations;
}"""
SIDEBAR = "#nav-sidebar"
PAINTED = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
DARK = "dark => document.documentElement.classList.toggle('dark', dark)"
# What the theme and the width change.
COLOURS = ["color-contrast", "link-in-text-block"]
PLACES = ["color-contrast", "scrollable-region-focusable", "target-size", "meta-viewport"]


def findings(page: Page, *besides: str) -> set[str]:
    """What is grave, on a desktop in both themes and on a phone; empty where nothing is.

    Parts of the page may be left out, such as the sidebar, which is the same on all pages.
    """
    page.evaluate(AXE_SCRIPT)
    found = _looked(page, "desktop", besides)
    page.evaluate(DARK, True)
    found |= _looked(page, "dark", besides, COLOURS)
    page.evaluate(DARK, False)
    page.set_viewport_size(PHONE)
    page.evaluate(PAINTED)
    found |= _looked(page, "phone", besides, PLACES)
    page.set_viewport_size(DESKTOP)
    return found


def _looked(page: Page, how: str, besides: Sequence[str], rules: Sequence[str] = ()) -> set[str]:
    return {
        f"{how}: {each['id']} ({each['impact']}): {node['html'][:160]} {node['failureSummary']}"
        for each in page.evaluate(LOOK, [[[each] for each in besides], list(rules)])
        if each["impact"] in GRAVE
        for node in each["nodes"]
    }
