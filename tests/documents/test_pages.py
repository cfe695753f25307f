"""What the pages for integrators say agrees with the tables of the code, and leads somewhere."""

import re
from pathlib import Path

import pytest

from notifications.states import PRECEDENCE, Shown, Skip, Status
from signalbus.api.idempotency import LONGEST_KEY
from signalbus.api.pagination import DEFAULT_LIMIT, MOST
from signalbus.api.problems import KINDS
from signalbus.api.shapes import MOST_ERRORS
from signalbus.bus.streams import Channel, Lane
from tenants.models import Tenant
from tests.processes import ROOT

DOCS = ROOT / "docs"
PAGES = sorted(DOCS.glob("*.md"))
CONCEPTS = (DOCS / "concepts.md").read_text()
REPEATED = {name for name, kind in KINDS.items() if kind.advice.startswith("Repeat")}
# Words for what is not there yet; the state of a request never has them.
NOT_YET = {Skip.PREFERENCE, Skip.CAPPED, Skip.DIGEST}


def first_cells(page: str, heading: str) -> set[str]:
    """The words in the first column of the tables below a heading."""
    part = re.split(r"^## ", page, flags=re.MULTILINE)
    (section,) = [each for each in part if each.startswith(heading + "\n")]
    cells = re.findall(r"^ *\| (`[^|]+) \|", section, re.MULTILINE)
    return set(re.findall(r"`([^`]+)`", "".join(cells)))


def test_every_state_is_explained() -> None:
    assert first_cells(CONCEPTS, "States") == {*Status, *Shown}


def test_every_reason_of_a_skip_is_explained_and_none_that_does_not_happen() -> None:
    told = first_cells(CONCEPTS, "How it is decided")
    assert told == set(Skip) - NOT_YET - {Skip.DUPLICATE}
    assert f"`{Skip.DUPLICATE}`" in CONCEPTS
    assert not [skip for skip in NOT_YET if f"`{skip}`" in CONCEPTS]


def test_the_order_of_a_notifications_states() -> None:
    said = " ".join(CONCEPTS.split())
    assert f"then the first of {', '.join(PRECEDENCE[1:])} that one of them has" in said


def test_channels_and_lanes_are_named() -> None:
    assert f"a way to reach a person: {', '.join(f'`{each}`' for each in Channel)} |" in CONCEPTS
    assert f"how urgent: {', '.join(f'`{each}`' for each in Lane)}." in CONCEPTS


def test_what_is_sent_again_is_what_the_catalogue_says() -> None:
    assert first_cells((DOCS / "errors.md").read_text(), "What to send again") == REPEATED
    loop = re.search(r"^REPEAT = \((.*)\)$", (DOCS / "idempotency.md").read_text(), re.MULTILINE)
    assert loop
    assert set(re.findall(r'"([^"]+)"', loop[1])) == REPEATED


@pytest.mark.parametrize("page", ["errors.md", "idempotency.md", "concepts.md", "test-mode.md"])
def test_every_problem_that_is_named_is_one(page: str) -> None:
    named = re.findall(r"(?:4\d\d|5\d\d) `([a-z-]+)`", (DOCS / page).read_text())
    assert set(named) <= KINDS.keys()


def test_the_figures() -> None:
    idempotency, lists = (DOCS / "idempotency.md").read_text(), (DOCS / "lists.md").read_text()
    assert f"1 to {LONGEST_KEY} printable ASCII characters" in idempotency
    assert f"kept for {Tenant._meta.get_field('idempotency_hours').default} hours" in idempotency
    assert f"({DEFAULT_LIMIT} unless asked, up to {MOST})" in lists
    assert f"up to {MOST_ERRORS}" in (DOCS / "errors.md").read_text()


def test_every_page_is_in_the_index() -> None:
    index = (DOCS / "README.md").read_text()
    assert [
        page.name for page in PAGES if page.name not in index and page.name != "README.md"
    ] == []


@pytest.mark.parametrize("page", [ROOT / "README.md", *PAGES], ids=lambda page: page.name)
def test_every_link_leads_to_a_file_and_a_heading(page: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text()):
        path, _, anchor = target.partition("#")
        if path.startswith("http"):
            continue
        file = (page.parent / path).resolve() if path else page
        assert file.exists(), target
        assert not anchor or anchor in _anchors(file.read_text()), target


def _anchors(text: str) -> set[str]:
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    made = {re.sub(r"[^a-z0-9 _-]", "", title.lower()).replace(" ", "-") for title in headings}
    return made | set(re.findall(r'<a id="([^"]+)"></a>', text))
