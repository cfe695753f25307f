"""What msgspec says of a value that does not fit, in sentences for the caller. Pure."""

import re
from collections.abc import Mapping
from typing import Annotated, Any, get_args, get_origin

import msgspec

EXPECTED = "expected"  # the member of Meta.extra that holds the sentence for a pattern
MOMENT = "A time with its zone is expected, such as 2026-11-20T18:00:00Z."
WHOLE = "A whole number is expected, written without a decimal point."
NAMES: Mapping[str, str] = {
    "str": "a text",
    "int": "a number",
    "float": "a number",
    "bool": "true or false",
    "null": "null",
    "array": "a list",
    "object": "an object",
    "datetime": "a time with its zone, such as 2026-11-20T18:00:00Z",
    "uuid": "an id (a UUID)",
}
SENTENCES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"Expected `datetime` with a timezone component"), MOMENT),
    (re.compile(r"Invalid RFC3339 encoded datetime"), MOMENT),
    (re.compile(r"Expected `int(?: \| null)?`, got `float`"), WHOLE),
    (re.compile(r"Invalid UUID"), "An id (a UUID) is expected."),
    (re.compile(r"Expected `str` of length >= 1$"), "It must not be empty."),
    (re.compile(r"Expected `str` of length >= (\d+)"), r"At least \1 characters are expected."),
    (re.compile(r"Expected `str` of length <= (\d+)"), r"At most \1 characters are taken."),
    (re.compile(r"Expected `array` of length >= 1$"), "The list must not be empty."),
    (re.compile(r"Expected `array` of length >= (\d+)"), r"At least \1 items are expected."),
    (re.compile(r"Expected `array` of length <= (\d+)"), r"At most \1 items are taken."),
    (re.compile(r"Expected `(?:int|float)` >= (-?[\d.]+)"), r"It must be \1 or more."),
    (re.compile(r"Expected `(?:int|float)` <= (-?[\d.]+)"), r"It must be \1 or less."),
    (re.compile(r"Integer value out of range|Number out of range"), "The number is too large."),
)
PATTERN = re.compile(r"Expected `str` matching regex")
KINDS = re.compile(r"Expected `([^`]+)`(?:, got `([^`]+)`)?$")


def sentence(error: msgspec.ValidationError, type_: Any = None) -> str:
    """The error without msgspec's path, in plain words; of a pattern what its type says of it."""
    said = str(error).partition(" - at `")[0].rstrip(".")
    if PATTERN.match(said):
        return _expected(type_) or "It has characters that are not allowed here."
    for pattern, words in SENTENCES:
        match = pattern.match(said)
        if match:
            return match.expand(words)
    kinds = KINDS.match(said)
    return _wrong_kind(kinds[1], kinds[2]) if kinds else f"{said}."


def _wrong_kind(wanted: str, got: str | None) -> str:
    names = _names(wanted)
    expected = names[:1].upper() + names[1:]
    return f"{expected} is expected, not {_names(got)}." if got else f"{expected} is expected."


def _names(kinds: str) -> str:
    return " or ".join(dict.fromkeys(NAMES.get(kind, kind) for kind in kinds.split(" | ")))


def _expected(type_: Any) -> str:
    """What the type, or a member of the union that it is, says of its pattern."""
    if get_origin(type_) is Annotated:
        for meta in get_args(type_)[1:]:
            if isinstance(meta, msgspec.Meta) and EXPECTED in (meta.extra or {}):
                return str((meta.extra or {})[EXPECTED])
    return next((words for member in get_args(type_) if (words := _expected(member))), "")
