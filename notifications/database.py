"""Bulk statements on the current tenant's schema: columns as arrays, so one for any size."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection

Row = tuple[Any, ...]


def fetch(statement: str, parameters: dict[str, Any]) -> list[Row]:
    """Run a statement and return its rows."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        rows: list[Row] = cursor.fetchall()
        return rows


def run(statement: str, parameters: dict[str, Any]) -> None:
    """Run a statement that returns nothing."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)


def columns(names: Sequence[str], rows: Iterable[Sequence[Any]]) -> dict[str, list[Any]]:
    """The rows turned round, for a statement that unnests one array per column."""
    turned = zip(*rows, strict=True)
    return {name: list(values) for name, values in zip(names, turned, strict=True)}
