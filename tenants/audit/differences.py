"""Before and after, as people read it: values side by side, long texts line by line. Pure."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import unified_diff
from typing import Any

AROUND = 2  # lines that stay the same, shown for where it is
LONGEST = 80  # characters of JSON that stay in one line
HEAD = 2  # lines at the beginning that name files
GONE, NEW, SAME = "gone", "new", "same"
TONES = {"-": GONE, "+": NEW}


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a text, and whether it is gone, new or the same."""

    tone: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A field that changed; `lines` instead of the two values where they are long."""

    field: str
    before: str
    after: str
    lines: Sequence[Line] = ()


def differences(changes: Mapping[str, Sequence[Any]]) -> list[Difference]:
    """What differs, field by field; what was empty and stays so does not."""
    found = [_difference(field, *pair) for field, pair in sorted(changes.items())]
    return [each for each in found if each.before or each.after]


def _difference(field: str, before: Any, after: Any) -> Difference:
    old, new = _text(before), _text(after)
    is_long = "\n" in old or "\n" in new
    lines = tuple(_lines(old, new)) if is_long else ()
    return Difference(field=field.replace("_", " "), before=old, after=new, lines=lines)


def _lines(old: str, new: str) -> Iterator[Line]:
    told = unified_diff(old.splitlines(), new.splitlines(), lineterm="", n=AROUND)
    for number, line in enumerate(told):
        if number >= HEAD and not line.startswith("@@"):
            yield Line(TONES.get(line[0], SAME), line[1:])


def _text(value: Any) -> str:
    if value is None or value in ([], {}):
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return value
    short = json.dumps(value, ensure_ascii=False, sort_keys=True)
    is_long = len(short) > LONGEST and isinstance(value, dict | list)
    return json.dumps(value, ensure_ascii=False, sort_keys=True, indent=2) if is_long else short
