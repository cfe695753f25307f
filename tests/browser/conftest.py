"""Windows of a real browser, in front of real processes."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import pytest
from django.contrib.auth import get_user_model
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser import chromium, site
from tests.browser.site import Site
from tests.browser.watching import Watch
from tests.processes import Processes

SECONDS = 20  # that somebody waits for a page, or for something on it
DESKTOP = {"width": 1440, "height": 900}

Open = Callable[[str], Page]


@pytest.fixture(scope="package")
def _a_browser() -> None:
    """Skips the tests that need one where there is none."""
    try:
        chromium.find()
    except chromium.NoBrowserError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="package")
def _running(
    _a_browser: None, django_db_setup: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    """The processes, which the tests of this folder share."""
    with site.running(tmp_path_factory.mktemp("site")) as found:
        yield found


@pytest.fixture
def consoles(_running: Site, database: None) -> Iterator[Site]:
    """The consoles of acme, globex and the platform, on their hosts, as new."""
    _running.mailbox.messages.clear()
    yield _running
    get_user_model().objects.all().delete()  # the platform's people


@pytest.fixture
def line(processes: Processes) -> Iterator[None]:
    """What is accepted goes out: a relay and workers, who soon give up.

    They are stopped in order: the next test's would have to wait for the places of killed ones.
    """
    processes.relay()
    processes.workers(SIGNALBUS_RETRY_FIRST="0.1", SIGNALBUS_RETRY_TRIES="2")
    yield
    for process in processes.started:
        process.stop()


@pytest.fixture
def watch() -> Iterator[Watch]:
    """Fails the test when the browser complained of anything."""
    found = Watch()
    yield found
    assert not found.complaints, "\n".join(dict.fromkeys(found.complaints))


@pytest.fixture
def complaints(watch: Watch) -> Iterator[list[str]]:
    """What the browser complained of, which is meant to be there and fails nothing."""
    yield watch.complaints
    watch.complaints.clear()


@pytest.fixture
def open_window(consoles: Site, watch: Watch) -> Iterator[Open]:
    """Opens a window at a host; each has cookies of its own, as browsers of several people have.

    The browser starts with the first one, and ends with the test: while it runs, its thread has an
    event loop, in which other tests could not begin their own.
    """
    with ExitStack() as ends:
        started: list[Browser] = []

        def opened(host: str) -> Page:
            if not started:
                started.append(ends.enter_context(_started()))
            context = started[0].new_context(base_url=consoles.address(host), viewport=DESKTOP)
            context.set_default_timeout(SECONDS * 1000)
            watch.follow(context)
            return context.new_page()

        yield opened


@contextmanager
def _started() -> Iterator[Browser]:
    expect.set_options(timeout=SECONDS * 1000)
    with sync_playwright() as playwright, chromium.launch(playwright) as browser:
        yield browser
