"""What a browser complains of while somebody uses it."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import BrowserContext, ConsoleMessage, Response, WebError

REFUSED = re.compile(r"the server responded with a status of (\d+)")


class Watch:
    """Errors of pages' scripts, errors in the browser's console, and answers of 500 and above."""

    def __init__(self) -> None:
        self.complaints: list[str] = []
        self._expected: set[int] = set()

    def follow(self, context: BrowserContext) -> None:
        """Hear all pages of the context."""
        context.on("console", self._console)
        context.on("weberror", self._error)
        context.on("response", self._response)

    @contextmanager
    def expecting(self, *statuses: int) -> Iterator[None]:
        """Answers of these statuses are what the test wants to see meanwhile."""
        self._expected.update(statuses)
        yield
        self._expected.difference_update(statuses)

    def _console(self, message: ConsoleMessage) -> None:
        status = REFUSED.search(message.text)
        is_expected = status is not None and int(status[1]) in self._expected
        if message.type == "error" and not is_expected:
            self.complaints.append(f"console: {message.text} at {message.location.get('url')}")

    def _error(self, error: WebError) -> None:
        page = error.page
        self.complaints.append(f"script: {error.error} at {page.url if page else 'a closed page'}")

    def _response(self, response: Response) -> None:
        if response.status >= 500 and response.status not in self._expected:
            self.complaints.append(f"answer: {response.status} at {response.url}")
