"""The queue in which concurrent requests wait for the one thread that works them off together.

There is no timer: while nothing is under way a request is taken at once, and the busier it gets,
the larger the groups become by themselves.
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from notifications import group_connection
from notifications.values import Asked, Result
from signalbus.api.problems import Problem
from tenants.identity import KeyIdentity, TenantIdentity

LONGEST_WAIT = 10.0  # seconds in the queue, until a request is told to come again
LONGEST_RUN = 30.0  # seconds that a group may take once it was taken from the queue
LARGEST_GROUP = 500
REPEAT = "Repeat it with the same Idempotency-Key: nothing is done twice."
NOT_DONE = f"The request waited too long and was not done. {REPEAT}"
NOT_KNOWN = f"The request takes too long; whether it will be done is not known yet. {REPEAT}"


@dataclass(slots=True, eq=False)
class Waiting:
    """A request in the queue, and what becomes of it. The lock is held until it is answered."""

    tenant: TenantIdentity
    mode: str
    asked: Asked
    asker: KeyIdentity | None = None
    result: Result | None = None
    error: Exception | None = None
    answered: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.answered.acquire()

    def answer(self, *, result: Result | None = None, error: Exception | None = None) -> None:
        """Wake whoever waits."""
        self.result, self.error = result, error
        self.answered.release()

    def outcome(self) -> Result:
        """The result. Raises a copy of what was raised in its place.

        Many may wait for the same group, and raising one exception in many threads would mix up
        their tracebacks.
        """
        if self.error is not None:
            raise _copy(self.error) from self.error
        if self.result is None:
            raise Problem("busy", NOT_KNOWN)
        return self.result


class Gatherer:
    """The queue of a process, and its thread, which is started when it is needed.

    `work` answers every member of a group, whatever happens.
    """

    def __init__(self, work: Callable[[Sequence[Waiting]], None]) -> None:
        self._work = work
        self._queue: list[Waiting] = []
        self._arrived = threading.Condition()
        self._thread: threading.Thread | None = None
        self._stopping = threading.Event()  # each thread has its own

    def submit(
        self, tenant: TenantIdentity, mode: str, asked: Asked, asker: KeyIdentity | None = None
    ) -> Result:
        """Have one request worked off with all others that wait. Raises Problem `busy`."""
        waiting = Waiting(tenant, mode, asked, asker)
        with self._arrived:
            self._ensure_thread()
            self._queue.append(waiting)
            self._arrived.notify()
        if not waiting.answered.acquire(timeout=LONGEST_WAIT):
            self._leave(waiting)
            waiting.answered.acquire(timeout=LONGEST_RUN)
        return waiting.outcome()

    def stop(self) -> None:
        """Work off what waits, then end the thread and close its connection."""
        with self._arrived:
            thread = self._thread
            self._stopping.set()
            self._arrived.notify_all()
        if thread is not None:
            thread.join()

    def _leave(self, waiting: Waiting) -> None:
        """Leave the queue. Raises Problem unless the request was taken from it already."""
        with self._arrived:
            if waiting in self._queue:
                self._queue.remove(waiting)
                raise Problem("busy", NOT_DONE)

    def _ensure_thread(self) -> None:
        """A thread that is told to end still works off what it finds, beside the new one."""
        if self._thread is None or not self._thread.is_alive() or self._stopping.is_set():
            self._stopping = threading.Event()
            self._thread = threading.Thread(
                target=self._run, args=(self._stopping,), name="group-commit", daemon=True
            )
            self._thread.start()

    def _run(self, stopping: threading.Event) -> None:
        while group := self._next(stopping):
            self._work(group)
        group_connection.leave()

    def _next(self, stopping: threading.Event) -> list[Waiting]:
        """All that wait, as soon as there are any; none once the thread is to end."""
        with self._arrived:
            while not self._queue and not stopping.is_set():
                self._arrived.wait()
            group = self._queue[:LARGEST_GROUP]
            del self._queue[:LARGEST_GROUP]
            return group


def _copy(error: Exception) -> Exception:
    """An exception that says the same, whatever its class wants to be made from."""
    copy = type(error).__new__(type(error), *error.args)
    copy.__dict__.update(error.__dict__)
    return copy
