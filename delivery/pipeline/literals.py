"""Columns as PostgreSQL's array literals, for statements that cast them: `%(ids)s::uuid[]`. Pure.

psycopg's own array dumper asks each element for its type and runs regular expressions over it,
which took a quarter of a worker's time; a column here has one type, so it is joined at once.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID


def arrays(rows: Sequence[NamedTuple]) -> dict[str, str]:
    """One array literal for each field; there has to be at least one row."""
    columns = zip(*rows, strict=True)
    return {name: literal(column) for name, column in zip(rows[0]._fields, columns, strict=True)}


def as_literals(params: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters with every list among them as a literal."""
    return {
        name: literal(value) if isinstance(value, list) else value for name, value in params.items()
    }


def literal(column: Sequence[Any]) -> str:
    """The array literal of values of one type, or None."""
    sample = next((value for value in column if value is not None), None)
    write = _quoted if isinstance(sample, str) else WRITERS.get(type(sample), str)
    return "{" + ",".join(_elements(column, write)) + "}"


def _elements(column: Iterable[Any], write: Callable[[Any], str]) -> Iterable[str]:
    return ["NULL" if value is None else write(value) for value in column]


def _quoted(text: str) -> str:
    if "\\" in text:
        text = text.replace("\\", "\\\\")
    if '"' in text:
        text = text.replace('"', '\\"')
    return f'"{text}"'


def _hex(key: UUID) -> str:
    return f"{key.int:032x}"


WRITERS: dict[type, Callable[[Any], str]] = {UUID: _hex}
