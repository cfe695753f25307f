"""Keeps the wanted units running, in the background: `python -m signalbus.embedded supervise`.

It reads `run/wanted.json` whenever that changes, and writes `run/state.json` whenever what runs
changes. SIGTERM stops everything in order. SIGUSR1 makes it go and leave all processes running for
the next supervisor, which finds them by pid and moment of start: so its own code is replaced
without a pause, and its death harms nothing.
"""

import logging
import os
import signal
import threading
import time
from pathlib import Path
from types import FrameType
from typing import Any

from signalbus.embedded.files import exclusive, read_json, write_json
from signalbus.embedded.identity import identity
from signalbus.embedded.keeper import Keeper
from signalbus.embedded.paths import Home
from signalbus.embedded.prober import Prober
from signalbus.embedded.unit import Unit, unit_from_json

TURN_SECONDS = 1.0
STARTING_TURN_SECONDS = 0.1
log = logging.getLogger(__name__)


class Supervisor:
    """The loop around the keeper: signals, the wanted file, the state file."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.wake = threading.Event()
        self.keeper = Keeper(Prober(self.wake))
        self.leaving = False
        self.stopping = False
        self._written: dict[str, Any] = {}

    def run(self) -> None:
        """Work until told to stop or to leave."""
        self._listen()
        self.keeper.prober.start()
        self.keeper.take_over(self._wanted(), (read_json(self.home.state) or {}).get("units", {}))
        while not (self.stopping or self.leaving):
            self.wake.clear()
            self.keeper.turn(self._wanted())
            self._write_state()
            self.wake.wait(self._pause())
        self._finish()

    def _finish(self) -> None:
        if self.leaving:
            log.info("leaving; the processes go on")
            return
        self.keeper.stop_all()
        self.home.state.unlink(missing_ok=True)
        log.info("stopped")

    def _listen(self) -> None:
        signal.signal(signal.SIGTERM, self._stop)
        signal.signal(signal.SIGINT, self._stop)
        signal.signal(signal.SIGUSR1, self._leave)
        signal.signal(signal.SIGHUP, self._look)
        signal.signal(signal.SIGCHLD, self._look)

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self.stopping = True
        self.wake.set()

    def _leave(self, number: int, frame: FrameType | None) -> None:
        self.leaving = True
        self.wake.set()

    def _look(self, number: int, frame: FrameType | None) -> None:
        self.wake.set()

    def _wanted(self) -> list[Unit]:
        return wanted_units(self.home)

    def _pause(self) -> float:
        units = self.keeper.units
        return TURN_SECONDS if all(map(self.keeper.ready, units)) else STARTING_TURN_SECONDS

    def _write_state(self) -> None:
        units = self.keeper.state()
        if units == self._written and self.home.state.exists():
            return
        pid = os.getpid()
        own = {"pid": pid, "started": identity(pid), "since": time.time()}
        write_json(self.home.state, {"supervisor": own, "units": units})
        self._written = units


def wanted_units(home: Home) -> list[Unit]:
    """Return the units that `up` last asked for, in their order."""
    document = read_json(home.wanted) or {"units": []}
    return [unit_from_json(value) for value in document["units"]]


def supervise(home: Home) -> int:
    """Run the supervisor unless another one does."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    with exclusive(home.run / "supervisor.lock") as alone:
        if not alone:
            log.error("another supervisor runs for %s", Path(home.root))
            return 1
        Supervisor(home).run()
    return 0
