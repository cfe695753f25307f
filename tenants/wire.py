"""PostgreSQL's pipeline mode with many transactions in one round trip.

psycopg's public `pq` layer and generators are used, not its cursors: those raise one transaction's
error out of another's `execute`, and parse each schema's text anew.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import abc, adapt, errors, generators, pq
from psycopg.abc import PQGen
from psycopg.adapt import PyFormat
from psycopg.pq.abc import PGresult

Rows = list[tuple[Any, ...]]
FAILED = frozenset({pq.ExecStatus.FATAL_ERROR, pq.ExecStatus.PIPELINE_ABORTED})


@dataclass(frozen=True, slots=True)
class Query:
    """SQL with `$1`, `$2`, … and a value for each of them, in order."""

    text: str
    values: Sequence[Any]


@dataclass(frozen=True, slots=True)
class _Adaptation:
    """Conversions as psycopg has them by default, whatever the connection was told (by Django)."""

    connection: psycopg.Connection[Any]
    adapters: adapt.AdaptersMap = psycopg.adapters


@dataclass(frozen=True, slots=True)
class _Packet:
    """A query as libpq wants it."""

    command: bytes
    values: Sequence[Any]
    types: Sequence[int]
    formats: Sequence[int]


def run(
    raw: psycopg.Connection[Any], groups: Sequence[Sequence[Query]]
) -> list[list[Rows] | Exception]:
    """Run each group in a transaction of its own; for each its rows by query, or its error.

    Raises psycopg.OperationalError when the connection is lost.
    """
    transformer: abc.Transformer = adapt.Transformer(_Adaptation(raw))
    packed = [_pack(group, transformer) for group in groups]
    sendable = [packets for packets in packed if not isinstance(packets, Exception)]
    answers = iter(_exchange(raw, sendable))
    return [
        packets if isinstance(packets, Exception) else _read(next(answers), transformer)
        for packets in packed
    ]


def _pack(group: Sequence[Query], transformer: abc.Transformer) -> list[_Packet] | Exception:
    """What to send; or the error of a value that cannot be converted, which sends nothing."""
    try:
        return [_packet(query, transformer) for query in group]
    except psycopg.Error as error:
        return error


def _packet(query: Query, transformer: abc.Transformer) -> _Packet:
    values = transformer.dump_sequence(query.values, [PyFormat.AUTO] * len(query.values))
    return _Packet(
        command=query.text.encode(),
        values=values,
        types=transformer.types or (),
        formats=transformer.formats or (),
    )


def _exchange(
    raw: psycopg.Connection[Any], groups: Sequence[Sequence[_Packet]]
) -> list[list[PGresult]]:
    if not groups:
        return []
    with raw.lock:
        raw.pgconn.enter_pipeline_mode()
        answers = raw.wait(_talk(raw.pgconn, groups))
        raw.pgconn.exit_pipeline_mode()
    return answers


def _talk(
    connection: pq.abc.PGconn, groups: Sequence[Sequence[_Packet]]
) -> PQGen[list[list[PGresult]]]:
    """Send all groups, reading meanwhile so that neither side blocks; then read to the end."""
    commands = deque(_sender(connection, group) for group in groups)
    received = yield from generators.pipeline_communicate(connection, commands)
    answers: list[list[PGresult]] = [[]]
    while True:
        for result in (result for results in received for result in results):
            if result.status == pq.ExecStatus.PIPELINE_SYNC:
                answers.append([])
            else:
                answers[-1].append(result)
        if len(answers) > len(groups):
            return answers[:-1]
        _check_alive(connection)
        received = [(yield from generators.fetch_many(connection))]


def _sender(connection: pq.abc.PGconn, group: Sequence[_Packet]) -> Any:
    def send() -> None:
        for packet in group:
            connection.send_query_params(
                packet.command, packet.values, packet.types, packet.formats
            )
        connection.pipeline_sync()

    return send


def _check_alive(connection: pq.abc.PGconn) -> None:
    if connection.status == pq.ConnStatus.BAD:
        raise psycopg.OperationalError(
            f"The connection to PostgreSQL was lost: {connection.get_error_message()}"
        )


def _read(results: Sequence[PGresult], transformer: abc.Transformer) -> list[Rows] | Exception:
    """Rows by query; a group's first error speaks for all that followed it."""
    for result in results:
        if result.status in FAILED:
            return errors.error_from_result(result)
    return [_rows(result, transformer) for result in results]


def _rows(result: PGresult, transformer: abc.Transformer) -> Rows:
    if result.status != pq.ExecStatus.TUPLES_OK:
        return []
    transformer.set_pgresult(result)
    return transformer.load_rows(0, result.ntuples, tuple)
