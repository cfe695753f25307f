"""Makes what runs equal to what is wanted, a small move at a time."""

import logging
import signal
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from signalbus.embedded.child import Child, adopt, end_recorded, start
from signalbus.embedded.prober import Prober
from signalbus.embedded.restarts import Restarts
from signalbus.embedded.rotation import rotate
from signalbus.embedded.unit import Unit

SILENT_SECONDS = 60.0
SETTLED_SECONDS = 4.0  # who has no probe, and still runs then, has got through its start
POLL_SECONDS = 0.1
log = logging.getLogger(__name__)


class Keeper:
    """Owns the running processes; `turn` is called again and again and never waits for a start."""

    def __init__(self, prober: Prober) -> None:
        self.prober = prober
        self.units: dict[str, Unit] = {}
        self.children: dict[str, Child] = {}
        self.restarts: dict[str, Restarts] = {}

    def take_over(self, units: Iterable[Unit], records: dict[str, dict[str, Any]]) -> None:
        """Adopt what an earlier supervisor left running, and end the remains of the rest."""
        known = {unit.name: unit for unit in units}
        for name, record in records.items():
            if "pid" in record:
                self._take_over(known.get(name), record)

    def turn(self, wanted: Iterable[Unit]) -> None:
        """Stop what is wanted no more, notice deaths, start what is missing, cut long logs."""
        self.units = {unit.name: unit for unit in wanted}
        self.stop([name for name in self.children if self._obsolete(name)])
        for child in list(self.children.values()):
            self._check(child)
        for unit in self.units.values():
            self._start_if_due(unit)
            rotate(Path(unit.log))

    def stop(self, names: Iterable[str]) -> None:
        """Stop units in order: the last tier first, those of a tier together."""
        chosen = [self.children[name] for name in names]
        for tier in sorted({child.unit.tier for child in chosen}, reverse=True):
            self._stop_together([child for child in chosen if child.unit.tier == tier])

    def stop_all(self) -> None:
        """Stop everything that runs."""
        self.stop(list(self.children))

    def ready(self, name: str) -> bool:
        """Return whether the unit runs and answers."""
        child = self.children.get(name)
        if child is None:
            return False
        if child.unit.probe:
            return self.prober.answered(name)
        return time.time() - child.since >= SETTLED_SECONDS

    @property
    def hears_of_deaths(self) -> bool:
        """Return whether SIGCHLD tells of every death: all processes are its own children."""
        return all(child.process is not None for child in self.children.values())

    def state(self) -> dict[str, Any]:
        """Return what is known of every unit, for the state file."""
        return {name: self._unit_state(unit) for name, unit in self.units.items()}

    def _take_over(self, unit: Unit | None, record: dict[str, Any]) -> None:
        if unit is None:
            end_recorded(record)
            return
        child = adopt(unit, record)
        if child is not None:
            log.info("%s (pid %d) taken over", unit.name, child.pid)
            self._watch(child)

    def _obsolete(self, name: str) -> bool:
        unit = self.units.get(name)
        return unit is None or unit.fingerprint() != self.children[name].fingerprint

    def _check(self, child: Child) -> None:
        name = child.unit.name
        if not child.alive():
            self._bury(child)
        elif child.unit.restart_silent and self.prober.silent_seconds(name) > SILENT_SECONDS:
            log.warning("%s has not answered for %.0f s and is ended", name, SILENT_SECONDS)
            child.sweep()
            self._bury(child)

    def _bury(self, child: Child) -> None:
        name = child.unit.name
        child.sweep()
        self._forget(name)
        ran = time.time() - child.since
        now = time.monotonic()
        rest = self.restarts.get(name, Restarts()).after_death(now=now, started=now - ran)
        self.restarts[name] = rest
        code = child.process.returncode if child.process else "unknown"
        pause = max(0.0, rest.not_before - now)
        log.warning("%s died (exit code %s), next start in %.0f s", name, code, pause)

    def _start_if_due(self, unit: Unit) -> None:
        earlier = [each.name for each in self.units.values() if each.tier < unit.tier]
        due = self.restarts.get(unit.name, Restarts()).may_start(time.monotonic())
        if unit.name in self.children or not due or not all(map(self.ready, earlier)):
            return
        try:
            child = start(unit)
        except OSError as problem:
            self._count_failed_start(unit, problem)
        else:
            log.info("%s started (pid %d)", unit.name, child.pid)
            self._watch(child)

    def _count_failed_start(self, unit: Unit, problem: OSError) -> None:
        now = time.monotonic()
        rest = self.restarts.get(unit.name, Restarts()).after_death(now=now, started=now)
        self.restarts[unit.name] = rest
        log.error("%s cannot be started: %s", unit.name, problem)

    def _watch(self, child: Child) -> None:
        self.children[child.unit.name] = child
        if child.unit.probe:
            self.prober.watch(child.unit.name, child.unit.probe)

    def _forget(self, name: str) -> None:
        del self.children[name]
        self.prober.forget(name)

    def _stop_together(self, children: list[Child]) -> None:
        for child in children:
            log.info("%s (pid %d) is asked to stop", child.unit.name, child.pid)
            child.ask_to_stop()
        began = time.monotonic()
        for child in children:
            self._await_end(child, began + child.unit.stop_seconds)

    def _await_end(self, child: Child, deadline: float) -> None:
        while child.alive() and time.monotonic() < deadline:
            time.sleep(POLL_SECONDS)
        if child.alive():
            log.warning("%s did not stop in time: %s", child.unit.name, signal.SIGKILL.name)
        child.sweep()
        self._forget(child.unit.name)

    def _unit_state(self, unit: Unit) -> dict[str, Any]:
        child = self.children.get(unit.name)
        rest = self.restarts.get(unit.name, Restarts())
        facts = {"ready": self.ready(unit.name), "deaths": rest.total}
        return {**facts, **(child.as_json() if child else {})}
