"""Bodies checked against msgspec structs; what does not fit becomes one Problem with all errors.

The quick path is msgspec's own typed decoder. Only where it refuses is the body gone through field
by field (`signalbus.api.mismatches`), to name everything that is wrong at once.
"""

from collections.abc import Hashable, Iterator
from functools import cache
from typing import Any, TypeVar, cast

import msgspec

from signalbus.api.mismatches import mismatches
from signalbus.api.moments import bring_in
from signalbus.api.pointers import inside
from signalbus.api.problems import PointedError, Problem, invalid
from signalbus.api.sentences import sentence

T = TypeVar("T")
NUL = "\x00"
ESCAPED_NUL = b"\\u0000"
MOST_ERRORS = 50


def decode(body: bytes, type_: type[T]) -> T:
    """The body as that type. Raises Problem: `malformed-json` or `invalid`, with pointers."""
    wanted: Any = type_
    try:
        value = _decoder(wanted).decode(body)
    except msgspec.ValidationError:
        value = convert(_plain(body), wanted)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise malformed(body, error) from error
    if ESCAPED_NUL in body:
        refuse_nul(_plain(body))
    return cast(T, _with_moments(value))


def convert(value: Any, type_: type[T]) -> T:
    """Builtins as that type, for items inside a body. Raises Problem `invalid` with pointers."""
    try:
        converted = msgspec.convert(value, type_)
    except msgspec.ValidationError as error:
        found = mismatches(value, type_) or (PointedError("", sentence(error)),)
        raise invalid(*found[:MOST_ERRORS]) from error
    return _with_moments(converted)


def _with_moments(value: T) -> T:
    """The value, its moments in UTC. Raises Problem for those that are too far."""
    wrong = bring_in(value)
    if wrong:
        raise invalid(*wrong)
    return value


def refuse_nul(value: Any) -> None:
    """Raise Problem where a text holds a NUL character, which PostgreSQL cannot store."""
    errors = [
        PointedError(pointer, "NUL characters (\\u0000) cannot be stored: remove them.")
        for pointer in _pointers_to_nul(value)
    ]
    if errors:
        raise invalid(*errors[:MOST_ERRORS])


@cache
def _decoder(type_: Hashable) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(type_)


def _plain(body: bytes) -> Any:
    """The body as builtins. What JSON allows and Python does not (1e999) is malformed as well."""
    try:
        return _decoder(Any).decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise malformed(body, error) from error


def malformed(body: bytes, error: Exception) -> Problem:
    """The problem for a body that is no JSON at all, from what decoding it raised."""
    if not body.strip():
        return Problem("malformed-json", "The body is empty: send a JSON object.")
    return Problem("malformed-json", f"{_reason(body, error)}.")


def _reason(body: bytes, error: Exception) -> str:
    if isinstance(error, RecursionError):
        return "The JSON is nested too deeply"
    if isinstance(error, UnicodeDecodeError):
        return f"The JSON is not UTF-8: {error.reason} (byte {error.start})"
    text = str(error)
    return text if "(byte " in text else f"{text} (byte {len(body)})"


def _pointers_to_nul(root: Any) -> Iterator[str]:
    """Without recursion: the depth is the caller's choice."""
    left = [("", root)]
    while left:
        pointer, value = left.pop()
        if isinstance(value, str) and NUL in value:
            yield pointer
        elif isinstance(value, dict):
            for key, item in value.items():
                place = inside(pointer, key.replace(NUL, ""))
                left += [(place, key), (place, item)]
        elif isinstance(value, list):
            left += [(inside(pointer, index), item) for index, item in enumerate(value)]
