"""What axe finds on a page that keeps somebody from using it."""

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

DESKTOP, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
GRAVE = ("serious", "critical")
LOOK = """async (rules) => {
  const options = {resultTypes: ["violations"], ...(rules && {runOnly: rules})};
  return (await axe.run(document, options)).violations;
}"""
PAINTED = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
DARK = "dark => document.documentElement.classList.toggle('dark', dark)"
# What the theme and the width change.
COLOURS = ["color-contrast", "link-in-text-block"]
PLACES = ["color-contrast", "scrollable-region-focusable", "target-size", "meta-viewport"]


def findings(page: Page) -> set[str]:
    """What is grave, on a desktop in both themes and on a phone; empty where nothing is."""
    page.evaluate(AXE_SCRIPT)
    found = _looked(page, "desktop", None)
    page.evaluate(DARK, True)
    found |= _looked(page, "dark", COLOURS)
    page.evaluate(DARK, False)
    page.set_viewport_size(PHONE)
    page.evaluate(PAINTED)
    found |= _looked(page, "phone", PLACES)
    page.set_viewport_size(DESKTOP)
    return found


def _looked(page: Page, how: str, rules: list[str] | None) -> set[str]:
    return {
        f"{how}: {each['id']} ({each['impact']}): {node['html'][:160]} {node['failureSummary']}"
        for each in page.evaluate(LOOK, rules)
        if each["impact"] in GRAVE
        for node in each["nodes"]
    }
