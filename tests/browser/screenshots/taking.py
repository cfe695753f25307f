"""Takes the pictures: each page in a window of a desk's and of a telephone's width."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser import chromium
from tests.browser.screenshots.shown import clips_of
from tests.browser.screenshots.visits import Visit
from tests.browser.watching import Watch

HEIGHTS = {1440: 900, 390: 844}  # of a window so wide, in pixels
HIGHEST = 6000  # pixels of a picture: the API's documents are ten times as long
SECONDS = 20
WIDTH, HEIGHT = (f"document.documentElement.scroll{each}" for each in ("Width", "Height"))
SETTLING = 120  # milliseconds in which the pages' scripts put their last touches to them
REFUSALS = (403, 404)  # which are looked at as well


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A picture, and how far the page goes beyond the window's right edge, in pixels."""

    path: Path
    beyond: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Album:
    """All pictures of a width, and what the browser complained of."""

    width: int
    taken: Sequence[Taken]
    complaints: Sequence[str]


def album(width: int, *, folder: Path, visits: Iterable[Visit], documents: bool) -> Album:
    """Visit everything in windows of that width, and take the documents' pictures anew if asked.

    Raises NoBrowserError.
    """
    watch = Watch()
    taken: list[Taken] = []
    place = folder / str(width)
    place.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright, chromium.launch(playwright) as browser:
        for visit in visits:
            with watch.expecting(*REFUSALS):
                for path, page in _visited(browser, watch, visit, width):
                    taken.append(_picture(page, place / path, width))
                    if documents:
                        _show(page, path, width)
    return Album(width=width, taken=taken, complaints=watch.complaints)


def _visited(
    browser: Browser, watch: Watch, visit: Visit, width: int
) -> Iterator[tuple[str, Page]]:
    """Every page while it is open, with the name of its picture."""
    size = {"width": width, "height": HEIGHTS[width]}
    scheme = "dark" if visit.is_dark else "light"
    context = browser.new_context(base_url=visit.base, viewport=size, color_scheme=scheme)
    context.set_default_timeout(SECONDS * 1000)
    watch.follow(context)
    page = context.new_page()
    if visit.before:
        visit.before(page)
    for address in visit.addresses:
        page.goto(address.path, wait_until="load")
        if address.then:
            address.then(page)
        yield f"{visit.name}-{address.name}.png", page
    context.close()


def _picture(page: Page, path: Path, width: int) -> Taken:
    """The page, in a window as high as that, so that the sidebar is as long."""
    page.evaluate("document.fonts.ready")
    height = min(max(page.evaluate(HEIGHT), HEIGHTS[width]), HIGHEST)
    size = {"width": width, "height": height}
    page.set_viewport_size(size)
    page.wait_for_timeout(SETTLING)
    page.screenshot(path=path, animations="disabled", caret="hide")
    beyond = page.evaluate(WIDTH) - width
    page.set_viewport_size({**size, "height": HEIGHTS[width]})
    return Taken(path=path, beyond=beyond)


def _show(page: Page, picture: str, width: int) -> None:
    """Take those of its parts that the documentation shows, in a window as high as they are."""
    for path, height in clips_of(picture.removesuffix(".png"), width).items():
        page.set_viewport_size({"width": width, "height": height})
        page.screenshot(path=path, animations="disabled", caret="hide")
        page.set_viewport_size({"width": width, "height": HEIGHTS[width]})
