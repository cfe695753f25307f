"""Every example of the pages for integrators is run as it stands, and answered as shown."""

import time

import pytest

from tests.documents.answers import differences
from tests.documents.blocks import Example, examples
from tests.documents.conftest import Site
from tests.processes import ROOT

PAGES = (
    "README.md",
    "docs/quick-start.md",
    "docs/concepts.md",
    "docs/templates.md",
    "docs/idempotency.md",
    "docs/errors.md",
    "docs/lists.md",
    "docs/live-stream.md",
    "docs/test-mode.md",
)
SECONDS = 20.0  # until a message has been delivered, and that can be read


@pytest.mark.parametrize("page", PAGES)
def test_every_example_is_answered_as_the_page_shows(site: Site, page: str) -> None:
    found = [each for each in examples(ROOT / page) if not each.command.startswith("make ")]
    assert found
    for example in found:
        wrong = _run(site, example)
        errors = site.shell.errors.read_text()[-2000:]
        assert not wrong, f"{page}:{example.line}: {wrong}\n{example.command}\n{errors}"


def _run(site: Site, example: Example) -> list[str]:
    """What was not as shown; what only reads is asked again until it is, or time is up."""
    ends = time.monotonic() + SECONDS
    while True:
        printed = site.run(example.command)
        if not example.kind:
            return [] if _shows_nothing(example) else ["the page does not show its answer"]
        wrong = differences(example.kind, example.answer, printed)
        if not wrong or not example.only_reads or time.monotonic() > ends:
            return wrong
        time.sleep(0.2)


def _shows_nothing(example: Example) -> bool:
    return "curl" not in example.command or "> /dev/null" in example.command
