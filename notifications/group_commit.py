"""Concurrent requests gathered into one transaction: who waits together is accepted together.

Requests put themselves into a queue; one thread in each process takes all that wait, accepts them
tenant by tenant, and wakes them. There is no timer: while nothing is under way a request is taken
at once, and the busier it gets, the larger the groups become by themselves.
"""

import logging
import os
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db import InterfaceError, OperationalError, connection

from notifications.accept import accept
from notifications.values import Accepted, Asked, Result
from signalbus.api.problems import Problem
from tenants.context import current_schema, enter_schema
from tenants.identity import TenantIdentity

logger = logging.getLogger(__name__)

LONGEST_WAIT = 10.0  # seconds in the queue, until a request is told to come again
LONGEST_RUN = 30.0  # seconds that a group may take once it was taken from the queue
LARGEST_GROUP = 500
BUSY = (
    "The request waited too long and was not done. Repeat it with the same Idempotency-Key: "
    "nothing is done twice."
)


@dataclass(slots=True, eq=False)
class Waiting:
    """A request in the queue, and what becomes of it. The lock is held until it is answered."""

    tenant: TenantIdentity
    mode: str
    asked: Asked
    result: Result | None = None
    error: Exception | None = None
    answered: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.answered.acquire()

    def answer(self, *, result: Result | None = None, error: Exception | None = None) -> None:
        """Wake whoever waits."""
        self.result, self.error = result, error
        self.answered.release()


class Gatherer:
    """The queue of a process and the thread that works it off, started when it is needed."""

    def __init__(self) -> None:
        self._queue: list[Waiting] = []
        self._arrived = threading.Condition()
        self._thread: threading.Thread | None = None
        self._stopping = False

    def submit(self, tenant: TenantIdentity, mode: str, asked: Asked) -> Result:
        """Accept one request together with all others that wait. Raises Problem `busy`."""
        waiting = Waiting(tenant, mode, asked)
        _give_back_connection()
        with self._arrived:
            self._ensure_thread()
            self._queue.append(waiting)
            self._arrived.notify()
        if not waiting.answered.acquire(timeout=LONGEST_WAIT):
            self._give_up(waiting)
        if waiting.error is not None:
            raise waiting.error
        if waiting.result is None:
            raise Problem("busy", BUSY)
        return waiting.result

    def stop(self) -> None:
        """Work off what waits, then end the thread and close its connection."""
        with self._arrived:
            thread, self._stopping = self._thread, True
            self._arrived.notify()
        if thread is not None:
            thread.join()

    def _give_up(self, waiting: Waiting) -> None:
        """Leave the queue; who has left it for a transaction already waits for its end."""
        with self._arrived:
            if waiting in self._queue:
                self._queue.remove(waiting)
                return
        waiting.answered.acquire(timeout=LONGEST_RUN)

    def _ensure_thread(self) -> None:
        if self._thread is None or not self._thread.is_alive() or self._stopping:
            self._stopping = False
            self._thread = threading.Thread(target=self._work, name="group-commit", daemon=True)
            self._thread.start()

    def _work(self) -> None:
        while group := self._next():
            for members in _by_tenant(group):
                _accept_group(members)
        connection.close()

    def _next(self) -> list[Waiting]:
        """All that wait, as soon as there are any; none once the thread is to end."""
        with self._arrived:
            while not self._queue and not self._stopping:
                self._arrived.wait()
            group = self._queue[:LARGEST_GROUP]
            del self._queue[:LARGEST_GROUP]
            return group


def _give_back_connection() -> None:
    """Wait without a connection of the pool, which may be the last that the group can get."""
    pool = getattr(connection, "pool", None)  # the stubs do not know it yet
    if pool is not None and not connection.in_atomic_block:
        connection.close()


def _by_tenant(group: Iterable[Waiting]) -> Iterable[list[Waiting]]:
    """One transaction for each tenant, and mode, since accepting looks at one mode's people."""
    groups: dict[tuple[int, str], list[Waiting]] = {}
    for waiting in group:
        groups.setdefault((waiting.tenant.id, waiting.mode), []).append(waiting)
    return groups.values()


def _accept_group(members: Sequence[Waiting]) -> None:
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
    tenant, mode = members[0].tenant, members[0].mode
    requests = [waiting.asked for waiting in members]
    try:
        _enter(tenant)
        return accept(tenant, mode, requests)
    except (OperationalError, InterfaceError):
        logger.warning("The database connection broke; the group is repeated.", exc_info=True)
        connection.close()
    _enter(tenant)
    return accept(tenant, mode, requests, repeated=True)


def _enter(tenant: TenantIdentity) -> None:
    """Go to the tenant's schema, and stay: the thread's connection serves nothing but groups."""
    if current_schema() != tenant.schema:
        enter_schema(tenant.schema)


_gatherer = Gatherer()


def _begin_anew() -> None:
    """A forked process has the parent's queue and lock, but not its thread."""
    global _gatherer
    _gatherer = Gatherer()


os.register_at_fork(after_in_child=_begin_anew)


def stop() -> None:
    """End the thread of this process; it begins again with the next request."""
    _gatherer.stop()


def submit(tenant: TenantIdentity, mode: str, asked: Asked) -> Accepted:
    """Accept one request in a transaction shared with those that come at the same time.

    Raises Problem where it is refused, and `busy` where it waited too long.
    """
    result = _gatherer.submit(tenant, mode, asked)
    if isinstance(result, Accepted):
        return result
    raise result.problem()
