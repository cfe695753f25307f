"""What the document begins with: every kind of problem, and every address of the simulator."""

import re

import pytest

from delivery.providers.simulator.table import BY_LAST_DIGITS, BY_LOCAL_PART
from signalbus.api.introduction import introduction
from signalbus.api.problems import KINDS
from tests.door import Api
from tests.processes import ROOT


def test_the_document_begins_with_it(database: None) -> None:
    assert Api(None).get("/openapi.json").body["info"]["description"] == introduction()


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_problem_says_what_to_do(kind: str) -> None:
    (row,) = (line for line in introduction().splitlines() if line.startswith(f"| `{kind}` |"))
    assert KINDS[kind].title in row
    assert KINDS[kind].advice in row


def test_every_address_of_the_simulator_is_told() -> None:
    told = introduction()
    assert all(f"`{name}@…`" in told for name in BY_LOCAL_PART)
    assert all(f"ends in `{digits}`" in told for digits in BY_LAST_DIGITS)


@pytest.mark.parametrize(
    "section", ["Authentication and modes", "Errors", "Idempotency", "Lists", "Test mode"]
)
def test_the_sections(section: str) -> None:
    assert f"\n## {section}\n" in introduction()


def test_the_pages_that_it_points_to_are_there() -> None:
    pages = set(re.findall(r"docs/[a-z-]+\.md", introduction()))
    assert {"docs/quick-start.md", "docs/idempotency.md", "docs/errors.md"} <= pages
    assert all((ROOT / page).exists() for page in pages)
