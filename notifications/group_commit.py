"""Concurrent requests accepted in one transaction: who waits together is accepted together."""

import logging
import os
from collections.abc import Iterable, Sequence

from django.db import InterfaceError, OperationalError, connection

from notifications import database, group_connection
from notifications.accept import accept
from notifications.askers import limited
from notifications.gathering import REPEAT, Gatherer, Waiting
from notifications.values import Accepted, Asked, Result
from signalbus.api.problems import Problem
from tenants.identity import KeyIdentity, TenantIdentity

logger = logging.getLogger(__name__)

LOCKED = f"A long lock, such as a migration's, keeps this tenant's tables closed. {REPEAT}"
LOCKED_HEADERS = {"Retry-After": "5"}  # seconds; as long as the next one would wait for it


def submit(
    tenant: TenantIdentity, mode: str, asked: Asked, asker: KeyIdentity | None = None
) -> Accepted:
    """Accept one request in a transaction shared with those that come at the same time.

    `asker` is the key that asks, None a person in the console. Raises Problem where it is refused,
    and `busy` where it waited too long.
    """
    _give_back_connection()
    result = _gatherer.submit(tenant, mode, asked, asker)
    if isinstance(result, Accepted):
        return result
    raise result.problem()


def stop() -> None:
    """End the thread of this process; it begins again with the next request."""
    _gatherer.stop()


def accept_group(group: Iterable[Waiting]) -> None:
    """Accept tenant by tenant, and mode by mode, since a transaction looks at one mode's people."""
    groups: dict[tuple[int, str], list[Waiting]] = {}
    for waiting in group:
        groups.setdefault((waiting.tenant.id, waiting.mode), []).append(waiting)
    for members in groups.values():
        _answer(members)


def _answer(members: Sequence[Waiting]) -> None:
    """Answer every member, whatever happens."""
    try:
        results = _accept(members)
    except Exception as error:
        for waiting in members:
            waiting.answer(error=error)
        return
    for waiting, result in zip(members, results, strict=True):
        waiting.answer(result=result)


def _accept(members: Sequence[Waiting]) -> list[Result]:
    """Accept, and once more where the connection broke: it may have been an old one.

    If it broke at the COMMIT nobody knows whether all is done; the repeat looks.
    """
    try:
        return _try(members)
    except (OperationalError, InterfaceError):
        logger.warning("The database connection broke; the group is repeated.", exc_info=True)
        group_connection.leave()
    return _try(members, repeated=True)


def _try(members: Sequence[Waiting], *, repeated: bool = False) -> list[Result]:
    """Accept. Raises Problem `busy` where the tenant's tables are locked for long."""
    tenant, mode = members[0].tenant, members[0].mode
    requests = [waiting.asked for waiting in members]
    askers = limited((waiting.asked, waiting.asker) for waiting in members)
    try:
        group_connection.enter(tenant)
        return accept(tenant, mode, requests, askers=askers, repeated=repeated)
    except OperationalError as error:
        if database.is_locked_out(error):
            raise Problem("busy", LOCKED, headers=LOCKED_HEADERS) from error
        raise


def _give_back_connection() -> None:
    """Wait without a connection of the pool, which may be the last that the group can get."""
    pool = getattr(connection, "pool", None)  # the stubs do not know it yet
    if pool is not None and not connection.in_atomic_block:
        connection.close()


_gatherer = Gatherer(accept_group)


def _begin_anew() -> None:
    """A forked process has the parent's queue and lock, but not its thread."""
    global _gatherer
    _gatherer = Gatherer(accept_group)


os.register_at_fork(after_in_child=_begin_anew)
