"""One line of a log, of whatever process: when it was written, and its form for people. Pure."""

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

# PostgreSQL, Kafka, Granian and the supervisor; then Valkey. Without a zone it is local time.
ISO = re.compile(
    r"\[?(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(?:[.,](\d{1,6}))?\d* ?(Z|UTC|[+-]0000)?"
)
VALKEY = re.compile(r"\d+:\w (\d\d \w{3} \d{4} \d\d:\d\d:\d\d)\.(\d{3})")
SAID_FIRST = ("timestamp", "level", "event")
UNTOLD = ("logger", "span_id")  # for machines; the file has them


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """When it was written, and what is shown of it."""

    at: datetime
    text: str


def read_line(raw: str, before: datetime) -> Line:
    """Read a line; one that tells no time, such as a traceback's, is of the time before."""
    if raw.startswith("{"):
        try:
            return _from_json(json.loads(raw))
        except (ValueError, KeyError, TypeError):
            return Line(at=before, text=raw)  # cut off by a rotation or a kill
    return Line(at=_time_in(raw) or before, text=raw)


def _from_json(fields: dict[str, Any]) -> Line:
    at = datetime.fromisoformat(fields["timestamp"])
    rest = {name: value for name, value in fields.items() if name not in SAID_FIRST + UNTOLD}
    trace = rest.pop("exception", None)
    told = "  ".join(f"{name}={value}" for name, value in rest.items() if value not in ("", None))
    head = f"{at:%H:%M:%S}  {fields['level']:<8} {fields['event']}"
    text = f"{head}  {told}".rstrip()
    return Line(at=at, text=f"{text}\n{trace}" if trace else text)


def _time_in(raw: str) -> datetime | None:
    try:
        if found := ISO.match(raw):
            day, clock, fraction, zone = found.groups()
            at = datetime.fromisoformat(f"{day}T{clock}.{(fraction or '0').ljust(6, '0')}")
            return at.replace(tzinfo=UTC) if zone else at.astimezone()
        if found := VALKEY.match(raw):
            at = datetime.strptime(f"{found[1]}.{found[2]}000", "%d %b %Y %H:%M:%S.%f")  # noqa: DTZ007
            return at.astimezone()
    except ValueError:
        return None  # it only looked like a time
    return None
