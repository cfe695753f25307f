"""Keeps the wanted units running, in the background: `python -m signalbus.embedded supervise`.

It reads `run/wanted.json` whenever that changes, and writes `run/state.json` whenever what runs
changes. SIGTERM stops everything in order. SIGUSR1 makes it go and leave all processes running for
the next supervisor, which finds them by pid and moment of start: so its own code is replaced
without a pause, and its death harms nothing.
"""

import logging
import os
import signal
import time
from pathlib import Path
from types import FrameType
from typing import Any

from signalbus.embedded.code import stack_stamp
from signalbus.embedded.files import exclusive, read_json, write_json
from signalbus.embedded.identity import identity
from signalbus.embedded.keeper import Keeper
from signalbus.embedded.paths import Home
from signalbus.embedded.prober import Prober
from signalbus.embedded.unit import Unit, unit_from_json
from signalbus.embedded.waker import Waker

TURN_SECONDS = 3.0  # deaths, answers and `up` wake it anyway
ADOPTED_TURN_SECONDS = 1.0  # nobody tells of the death of another's child
STARTING_TURN_SECONDS = 0.1
log = logging.getLogger(__name__)


class Supervisor:
    """The loop around the keeper: signals, the wanted file, the state file."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.waker = Waker()
        self.keeper = Keeper(Prober(self.waker))
        self.since = time.time()
        self.code = stack_stamp()
        self.leaving = False
        self.stopping = False
        self._written: dict[str, Any] = {}
        self._read: tuple[int, list[Unit]] = (0, [])

    def run(self) -> None:
        """Work until told to stop or to leave."""
        self._listen()
        self.keeper.prober.start()
        self.keeper.take_over(self._wanted(), recorded(self.home))
        while not (self.stopping or self.leaving):
            self.keeper.turn(self._wanted())
            self._write_state()
            self.waker.wait(self._pause())
        self._finish()

    def _finish(self) -> None:
        if self.leaving:
            log.info("leaving; the processes go on")
            return
        self.keeper.stop_all()
        self.home.state.unlink(missing_ok=True)
        log.info("stopped")

    def _listen(self) -> None:
        self.waker.listen_to_signals()
        signal.signal(signal.SIGTERM, self._stop)
        signal.signal(signal.SIGINT, self._stop)
        signal.signal(signal.SIGUSR1, self._leave)
        signal.signal(signal.SIGHUP, self._look)
        signal.signal(signal.SIGCHLD, self._look)

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self.stopping = True

    def _leave(self, _number: int, _frame: FrameType | None) -> None:
        self.leaving = True

    def _look(self, _number: int, _frame: FrameType | None) -> None:
        """Do nothing: that a signal came has ended the wait already."""

    def _wanted(self) -> list[Unit]:
        written = self.home.wanted.stat().st_mtime_ns if self.home.wanted.exists() else 0
        if written != self._read[0]:
            self._read = (written, wanted_units(self.home))
        return self._read[1]

    def _pause(self) -> float:
        if not all(map(self.keeper.ready, self.keeper.units)):
            return STARTING_TURN_SECONDS
        return TURN_SECONDS if self.keeper.hears_of_deaths else ADOPTED_TURN_SECONDS

    def _write_state(self) -> None:
        units = self.keeper.state()
        if units == self._written and self.home.state.exists():
            return
        pid = os.getpid()
        own = {"pid": pid, "started": identity(pid), "since": self.since, "code": self.code}
        write_json(self.home.state, {"supervisor": own, "units": units})
        self._written = units


def wanted_units(home: Home) -> list[Unit]:
    """Return the units that `up` last asked for, in their order."""
    document = read_json(home.wanted) or {"units": []}
    return [unit_from_json(value) for value in document["units"]]


def recorded(home: Home) -> dict[str, dict[str, Any]]:
    """Return what the last supervisor wrote about its processes, by unit."""
    document: dict[str, dict[str, Any]] = read_json(home.state) or {}
    return document.get("units", {})


def supervise(home: Home) -> int:
    """Run the supervisor unless another one does."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    with exclusive(home.run / "supervisor.lock") as alone:
        if not alone:
            log.error("another supervisor runs for %s", Path(home.root))
            return 1
        Supervisor(home).run()
    return 0
