"""Single values in their usual form."""

import pytest

from notifications import fields


@pytest.mark.parametrize(
    ("searched", "kept"),
    [
        ("Ana@Example.org", "ana@example.org"),
        ("+33 6 12 34 56 78", "+33612345678"),
        ("nobody@", "nobody@"),
        ("4711", "4711"),
    ],
)
def test_an_address_is_searched_as_it_is_kept(searched: str, kept: str) -> None:
    assert fields.stored_form(searched) == kept
