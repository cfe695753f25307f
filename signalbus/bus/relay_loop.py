"""Runs a relay until it is told to stop: quick after a hint, patient through outages."""

from collections.abc import Sequence
from threading import Event

from django.db import DatabaseError, InterfaceError

from signalbus.bus.backlog import Backlog
from signalbus.bus.pace import SHORTEST
from signalbus.bus.relay import BATCH, Relay
from signalbus.bus.streams import BY_URGENCY
from signalbus.core.logs import get_logger
from signalbus.core.redis import HintListener

SMALL_BATCH = BATCH // 4
GATHER_SECONDS = 0.005  # after a small batch, so that a stream of single entries comes in batches
OUTAGE_PAUSE = 0.5  # seconds between tries to reach PostgreSQL

log = get_logger(__name__)


class RelayLoop:
    """For use by the one thread that owns the database connection."""

    def __init__(self, stopping: Event, streams: Sequence[str] = BY_URGENCY) -> None:
        self._stopping = stopping
        self._relay = Relay(streams)
        self._backlog = Backlog()
        self._hints = HintListener()

    def run(self, *, until_empty: bool = False) -> None:
        """Publish until told to stop; `until_empty`: or until nothing is due."""
        while not self._stopping.is_set():
            published = self._step()
            if published == 0 and until_empty and not self._relay.something_due:
                break
            self._rest(published)
        self._hints.close()

    def _step(self) -> int | None:
        """None where PostgreSQL is away: nothing can be said about the line."""
        try:
            self._backlog.measure()
            return self._relay.step()
        except (DatabaseError, InterfaceError) as error:
            log.warning("relay.database_failed", error=str(error).strip())
            self._relay.note_database_outage()
            return None

    def _rest(self, published: int | None) -> None:
        """Until a hint, the next due moment or the next look, but for a moment at least."""
        if published is None:
            self._stopping.wait(OUTAGE_PAUSE)
        elif published == 0:
            self._wait_for_hint()
        elif published < SMALL_BATCH:
            self._stopping.wait(GATHER_SECONDS)

    def _wait_for_hint(self) -> None:
        """Where something is due without room, a rain of hints must not make the relay spin."""
        pause = self._relay.pause()
        if self._relay.something_due:
            self._stopping.wait(SHORTEST)
            pause -= SHORTEST
        if pause > 0:
            self._hints.wait(pause)
