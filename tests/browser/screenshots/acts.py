"""What somebody does on a page, so that there is more of it to see."""

from playwright.sync_api import Page

from tests.browser.screenshots.visits import Act
from tests.browser.shop.access import PASSWORD


def logging_in(username: str, password: str = PASSWORD) -> Act:
    """Go through the log-in page."""

    def act(page: Page) -> None:
        page.goto("/admin/login/")
        page.fill("#id_username", username)
        page.fill("#id_password", password)
        page.click("button[type=submit]")
        page.wait_for_load_state("load")

    return act


def filling(button: str, **fields: str) -> Act:
    """Fill a form's fields, by their names, and press its button. `WIDTH` is the window's."""

    def act(page: Page) -> None:
        width = str((page.viewport_size or {"width": 0})["width"])
        for name, value in fields.items():
            page.locator(f'main [name="{name}"], [name="{name}"]').first.fill(
                value.replace("WIDTH", width)
            )
        page.locator(button).first.click()
        page.wait_for_load_state("load")

    return act
