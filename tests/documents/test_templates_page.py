"""docs/templates.md has what the template language has: fields, filters, tags and bounds."""

import re

from templates_app import bounds
from templates_app.engine import PLAIN, SOURCE_BYTES
from templates_app.recipients import FIELDS
from tests.processes import ROOT

PAGE = (ROOT / "docs" / "templates.md").read_text()
LIQUID = PAGE.split("\n## Liquid\n")[1].split("\n## ")[0]
TAGS, FILTERS = LIQUID.split("\nFilters:\n")
INNER = {"#", "content", "illegal", "output"}  # what Liquid itself calls what is no named tag


def names(text: str) -> set[str]:
    return set(re.findall(r"`([a-z0-9_]+)`", text))


def test_every_filter_is_there() -> None:
    assert names(FILTERS.split("\n\n")[0]) == set(PLAIN.filters)


def test_every_tag_is_there() -> None:
    tags = names(TAGS.split("There is no")[0])
    assert tags - {"raw"} == PLAIN.tags.keys() - INNER


def test_every_field_of_a_recipient_is_there() -> None:
    assert set(re.findall(r"^\| `recipient\.(\w+)", PAGE, re.MULTILINE)) == set(FIELDS)


def test_the_bounds() -> None:
    assert f"{SOURCE_BYTES} characters" in LIQUID
    assert f"{bounds.OUTPUT_BYTES} bytes each" in LIQUID
    assert bounds.LOCALS_BYTES == bounds.OUTPUT_BYTES
    assert f"| {bounds.LOOP_ITERATIONS} |" in LIQUID
    assert f"| {PLAIN.block_nesting_limit} |" in LIQUID
    assert f"{bounds.CPU_SECONDS} s" in LIQUID
