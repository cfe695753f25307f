"""Raw SQL over the schemas of many tenants at once: the one module that quotes schema names.

`run_for_tenants` sends the statements of all tenants in one round trip (PostgreSQL's pipeline
mode), with one sync point, and so one implicit transaction, for each tenant: what fails for one is
rolled back for that one alone. psycopg's own `Pipeline.sync` waits for the answers, which would
mean a round trip per tenant; so the wire is spoken to in tenants/wire.py.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import psycopg
from django.db import ProgrammingError, connection
from psycopg import sql

from tenants import wire

SCHEMA_PLACE = "{schema}"
PARAMETER = re.compile(r"%(?:\((?P<name>\w+)\)s|%)")

Rows = wire.Rows
Statement = tuple[str, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class TenantWork:
    """Statements for one tenant, run in order in one transaction of its own.

    Each is a constant text with `{schema}` where the quoted schema belongs and `%(name)s` where a
    parameter does, and the parameters. Values are converted as psycopg does by itself: JSON
    comes decoded, and `psycopg.types.json.Jsonb(…)` writes it.
    """

    schema: str
    statements: Sequence[Statement]


@dataclass(slots=True)
class Counted:
    """How many statements ran: Django's own ones and the pipelined ones."""

    total: int = 0
    texts: list[str] = field(default_factory=list)

    def add(self, text: str) -> None:
        self.total += 1
        self.texts.append(text)


statements_counter: ContextVar[Counted | None] = ContextVar("statements_counter", default=None)


def table(schema: str, name: str) -> sql.Identifier:
    """A table's name, quoted and with its schema."""
    return sql.Identifier(schema, name)


def compose(template: str, schema: str) -> sql.Composed:
    """A constant SQL text with the quoted schema in each place marked `{schema}`."""
    name = sql.Identifier(schema)
    first, *rest = template.split(SCHEMA_PLACE)
    pieces: list[sql.Composable] = [sql.SQL(first)]
    for part in rest:
        pieces += [name, sql.SQL(part)]
    return sql.Composed(pieces)


def raw_connection() -> psycopg.Connection[Any]:
    """The psycopg connection under Django's, opened if needed."""
    connection.ensure_connection()
    raw: psycopg.Connection[Any] = connection.connection
    return raw


def run_for_tenants(work: Sequence[TenantWork]) -> list[list[Rows] | Exception]:
    """Run all tenants' statements in one round trip; for each tenant its rows, or its error.

    The rows stand statement by statement ([] where there are none). Raises Django's
    OperationalError when the connection is lost, and closes it so that the next use opens a new
    one; what was under way may then be committed or not. Not for use inside a transaction.
    """
    if connection.in_atomic_block:
        raise ProgrammingError("run_for_tenants makes transactions of its own: call it outside.")
    if not work:
        return []
    groups = [_group(piece) for piece in work]
    try:
        with connection.wrap_database_errors:
            return wire.run(raw_connection(), groups)
    except Exception:
        connection.close()
        raise


@contextmanager
def count_statements() -> Iterator[Counted]:
    """Count every statement of this thread, pipelined or not; for tests and diagnosis."""
    counted = Counted()
    token = statements_counter.set(counted)

    def wrapper(execute: Any, text: Any, params: Any, many: bool, context: Any) -> Any:
        counted.add(str(text))
        return execute(text, params, many, context)

    try:
        with connection.execute_wrapper(wrapper):
            yield counted
    finally:
        statements_counter.reset(token)


@dataclass(frozen=True, slots=True)
class _Parsed:
    """A statement with `$1`, `$2`, … for its parameters, and which names they stand for."""

    text: str
    names: tuple[str, ...]


def _group(work: TenantWork) -> list[wire.Query]:
    quoted = _quoted(work.schema)
    return [_query(text, params, quoted) for text, params in work.statements]


def _query(text: str, params: dict[str, Any], quoted: str) -> wire.Query:
    counted = statements_counter.get()
    if counted is not None:
        counted.add(text)
    parsed = _parse(text)
    return wire.Query(
        text=parsed.text.replace(SCHEMA_PLACE, quoted),
        values=[params[name] for name in parsed.names],
    )


@lru_cache(maxsize=1024)
def _parse(text: str) -> _Parsed:
    """Statements are constants, so each is taken apart once, whatever the number of schemas."""
    numbers: dict[str, int] = {}

    def numbered(found: re.Match[str]) -> str:
        name = found["name"]
        if name is None:
            return "%"
        return f"${numbers.setdefault(name, len(numbers) + 1)}"

    return _Parsed(PARAMETER.sub(numbered, text), tuple(numbers))


def _quoted(schema: str) -> str:
    return '"' + schema.replace('"', '""') + '"'
