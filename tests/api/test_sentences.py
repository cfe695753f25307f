"""Msgspec's errors in plain words."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
import pytest
from msgspec import Meta

from signalbus.api.sentences import EXPECTED, sentence

Code = Annotated[str, Meta(pattern="^[a-z]+$", extra={EXPECTED: "Use a-z."})]


@pytest.mark.parametrize(
    ("value", "type_", "words"),
    [
        ("A", Code, "Use a-z."),
        ("A", Code | None, "Use a-z."),
        ("A", Annotated[str, Meta(pattern="a")], "It has characters that are not allowed here."),
        ("", Annotated[str, Meta(min_length=1)], "It must not be empty."),
        ("a", Annotated[str, Meta(min_length=2)], "At least 2 characters are expected."),
        ("abc", Annotated[str, Meta(max_length=2)], "At most 2 characters are taken."),
        ([], Annotated[list[int], Meta(min_length=1)], "The list must not be empty."),
        ([1, 2], Annotated[list[int], Meta(max_length=1)], "At most 1 items are taken."),
        (-1, Annotated[int, Meta(ge=0)], "It must be 0 or more."),
        (7, Annotated[int, Meta(le=5)], "It must be 5 or less."),
        ("x", UUID, "An id (a UUID) is expected."),
        ("x", int, "A number is expected, not a text."),
        (15.0, int, "A whole number is expected, written without a decimal point."),
        (1.5, int | None, "A whole number is expected, written without a decimal point."),
        (None, str, "A text is expected, not null."),
        (7, str | None, "A text or null is expected, not a number."),
        ({}, list[int], "A list is expected, not an object."),
        (
            "soon",
            datetime,
            "A time with its zone is expected, such as 2026-11-20T18:00:00Z.",
        ),
    ],
)
def test_in_plain_words(value: Any, type_: Any, words: str) -> None:
    with pytest.raises(msgspec.ValidationError) as caught:
        msgspec.convert(value, type_)
    assert sentence(caught.value, type_) == words
