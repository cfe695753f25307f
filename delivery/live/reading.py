"""What the tables say; for the threads of the stream's process, which keep their connections."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import ParamSpec, TypeVar

from django.db import close_old_connections, connection

from delivery.live import sql
from delivery.live.moves import Move
from delivery.live.wanted import Wanted
from tenants.schemas import Rows, TenantWork, run_for_tenants

PAGE = 250  # moves that are read, and handed on, at once

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Former:
    """Moves of the past, in their order, and what is kept of them.

    Some of those up to `floor` are gone; `last` is the last id that was given.
    """

    moves: list[Move]
    floor: int
    last: int


def ask(work: Sequence[TenantWork]) -> list[list[Rows] | Exception]:
    """What each tenant's statements answer, in one round trip. Raises OperationalError."""
    return run_for_tenants(work)


def former(schema: str, wanted: Wanted, after: int, upto: int) -> Former:
    """The next page of what somebody wants after one id and up to another.

    Raises whatever the database does.
    """
    values = {**asdict(wanted), "after": after, "upto": upto, "page": PAGE}
    statements = [(sql.CATCH_UP, values), (sql.FLOOR, {}), (sql.LAST, {})]
    (answer,) = run_for_tenants([TenantWork(schema, statements)])
    if isinstance(answer, Exception):
        raise answer
    rows, floor, last = answer
    return Former(moves=[Move(*row) for row in rows], floor=floor[0][0], last=last[0][0])


def fresh(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Do it with a connection that is not too old, as Django does for each request."""
    close_old_connections()
    try:
        return work(*args, **kwargs)
    finally:
        close_old_connections()


def rest() -> None:
    """Let this thread's connection go, while nobody listens."""
    connection.close()
