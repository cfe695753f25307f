"""Suppressions as CSV, out and in.

A spreadsheet takes a cell that begins with one of `= + - @` for a formula, and runs it. So such a
cell is written with an apostrophe before it, which makes it text, and read with or without one:
`'+33612345678` stays the phone number that it is on its way through a spreadsheet and back.
"""

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TypeVar

import msgspec

from notifications import fields
from notifications.values import Value
from signalbus.api.problems import PointedError
from signalbus.api.sentences import sentence
from signalbus.core.moments import in_utc

REASONS = (
    "hard_bounce",
    "complaint",
    "opt_out",
    "bad_address",
    "soft_bounces",
    "dead_token",
    "manual",
)
MANUAL = "manual"
NEEDED = ("channel", "address")
READ = (*NEEDED, "reason", "note", "expires_at")
WRITTEN = (*READ, "created_at", "delivery")  # the last two tell; an import passes them over
HEADER, KNOWN = "/rows/1", f"Known are {', '.join(READ)}."
FORMULA = re.compile(r"[=+\-@\t\r]")
LONGEST_NOTE = 300
MOST_ROWS = 100_000

T = TypeVar("T")


class Row(Value, frozen=True, kw_only=True):
    """A suppression to be written."""

    channel: str
    address: str
    reason: str
    note: str
    expires_at: datetime | None


@dataclass(slots=True)
class Parsed:
    """What was read, and what is wrong; rows are numbered as a spreadsheet does, from 1."""

    rows: list[Row] = field(default_factory=list)
    errors: list[PointedError] = field(default_factory=list)


def written(rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """Lines for rows of the columns WRITTEN, the header first."""
    yield _line(WRITTEN)
    for row in rows:
        yield _line([_safe(_text(value)) for value in row])


def parse(body: bytes) -> Parsed:
    """The rows of a file in UTF-8, with a header, separated by commas or semicolons."""
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return _wrong("", f"This is not UTF-8, from byte {error.start} on: save it as UTF-8.")
    if "\0" in text:
        return _wrong("", "NUL characters are not allowed.")
    header, _, _ = text.partition("\n")
    separator = ";" if ";" in header and "," not in header else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        return _parsed(reader)
    except csv.Error as error:
        return _wrong(f"/rows/{reader.line_num}", f"This is not CSV: {error}.")


def _parsed(reader: Iterator[list[str]]) -> Parsed:
    columns = [name.strip().lower() for name in next(reader, [])]
    parsed = Parsed(errors=list(_wrong_columns(columns)))
    first: dict[tuple[str, str], int] = {}
    for number, cells in enumerate(reader, 2) if not parsed.errors else ():
        if number > MOST_ROWS + 1:
            return _wrong("/rows", f"At most {MOST_ROWS} rows are taken: send several files.")
        if any(cells):
            _take(parsed, number, columns, cells, first)
    return parsed


def _take(
    parsed: Parsed,
    number: int,
    columns: Sequence[str],
    cells: Sequence[str],
    first: dict[tuple[str, str], int],
) -> None:
    named = dict(zip(columns, map(_plain, cells), strict=False))
    line = _Line(cells=named, at=f"/rows/{number}")
    if len(cells) > len(columns):
        line.refuse("", f"There are {len(cells)} cells for {len(columns)} columns.")
    row = _row(line)
    earlier = number if line.errors else first.setdefault((row.channel, row.address), number)
    if earlier != number:
        line.refuse("/address", f"Row {earlier} has this address already.")
    parsed.errors += line.errors
    parsed.rows.append(row)


@dataclass(slots=True)
class _Line:
    """The cells of a row by their columns, and what is wrong with them."""

    cells: Mapping[str, str]
    at: str
    errors: list[PointedError] = field(default_factory=list)

    def read(self, name: str, form: Callable[[str], T], otherwise: T) -> T:
        """The cell as the form makes it; what that does not take is noted as an error."""
        try:
            return form(self.cells.get(name, ""))
        except ValueError as error:
            self.refuse(f"/{name}", str(error))
            return otherwise

    def refuse(self, place: str, detail: str) -> None:
        self.errors.append(PointedError(f"{self.at}{place}", detail))


def _row(line: _Line) -> Row:
    channel = line.read("channel", fields.channel, "")
    return Row(
        channel=channel,
        address=line.read("address", fields.ADDRESS_FORMS.get(channel, str), ""),
        reason=line.read("reason", _reason, ""),
        note=line.read("note", _note, ""),
        expires_at=line.read("expires_at", _moment, None),
    )


def _wrong_columns(columns: Sequence[str]) -> Iterator[PointedError]:
    for name in NEEDED:
        if name not in columns:
            yield PointedError(HEADER, f"The first row has to name the column {name}. {KNOWN}")
    for index, name in enumerate(columns):
        if name not in WRITTEN:
            yield PointedError(HEADER, f"The column {name!r} is not known. {KNOWN}")
        elif name in columns[:index]:
            yield PointedError(HEADER, f"The column {name} is there twice.")


def _reason(raw: str) -> str:
    if raw and raw not in REASONS:
        raise ValueError(f"Not one of {', '.join(REASONS)}.")
    return raw or MANUAL


def _note(raw: str) -> str:
    if len(raw) > LONGEST_NOTE:
        raise ValueError(f"At most {LONGEST_NOTE} characters are taken.")
    return raw


def _moment(raw: str) -> datetime | None:
    if not raw:
        return None
    try:
        moment = msgspec.convert(raw, datetime, strict=False)
    except msgspec.ValidationError as error:
        raise ValueError(sentence(error)) from error
    if moment.tzinfo is None:
        raise ValueError("A time with its offset is expected, such as 2026-12-31T00:00:00Z.")
    return in_utc(moment, datetime.now(UTC))


def _wrong(pointer: str, detail: str) -> Parsed:
    return Parsed(errors=[PointedError(pointer, detail)])


def _text(value: object) -> str:
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _safe(cell: str) -> str:
    """What no spreadsheet takes for a formula; what looks escaped is escaped once more."""
    return f"'{cell}" if FORMULA.match(cell.lstrip("'")) and cell else cell


def _plain(cell: str) -> str:
    text = cell.strip(" ")
    return text[1:] if text.startswith("'") and FORMULA.match(text.lstrip("'")) else text


def _line(cells: Iterable[str]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow(cells)
    return out.getvalue()
