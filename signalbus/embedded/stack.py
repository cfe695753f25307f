"""Talks to the supervisor: finds it, starts it, tells it what is wanted, waits for it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any

from signalbus.embedded.code import stack_stamp
from signalbus.embedded.errors import StackError
from signalbus.embedded.files import private_folder, read_json, write_json
from signalbus.embedded.identity import lingers, runs
from signalbus.embedded.keeper import Keeper
from signalbus.embedded.last_word import last_word
from signalbus.embedded.paths import CLONE, Home
from signalbus.embedded.prober import Prober
from signalbus.embedded.rotation import open_log, rotate
from signalbus.embedded.supervisor import recorded, wanted_units
from signalbus.embedded.unit import Unit
from signalbus.embedded.waker import Waker

POLL_SECONDS = 0.1
SUPERVISOR_SECONDS = 20.0
READY_SECONDS = 120.0
STOP_SECONDS = 150.0  # three tiers of servers and processes, each with its own grace
BURIAL_SECONDS = 3.0
MANY_DEATHS = 4


def supervisor(home: Home) -> dict[str, Any] | None:
    """Return pid, start and code of the running supervisor, or None."""
    known = (read_json(home.state) or {}).get("supervisor")
    return known if known and runs(known["pid"], known["started"]) else None


def want(home: Home, units: Iterable[Unit]) -> None:
    """Tell the supervisor what to run; one of other code is replaced, a missing one started."""
    write_json(home.wanted, {"units": [unit.as_json() for unit in units]})
    running = supervisor(home)
    if running and running["code"] == stack_stamp():
        os.kill(running["pid"], signal.SIGHUP)
        return
    if running:
        os.kill(running["pid"], signal.SIGUSR1)
        _await_end(running)
    _start_supervisor(home)


def await_ready(home: Home, units: Collection[Unit]) -> None:
    """Wait until all units run as wanted and answer.

    Raises:
        StackError: one of them keeps dying, or does not answer in time.
    """
    deadline = time.monotonic() + READY_SECONDS
    before = {name: known["deaths"] for name, known in recorded(home).items()}
    while waiting := [unit for unit in units if not _as_wanted(home, unit)]:
        for unit in waiting:
            deaths = recorded(home).get(unit.name, {}).get("deaths", 0)
            if deaths - before.get(unit.name, 0) >= MANY_DEATHS or time.monotonic() > deadline:
                raise _not_ready(unit)
        time.sleep(POLL_SECONDS)


def ready(home: Home, units: Iterable[Unit]) -> bool:
    """Return whether the supervisor runs, and all units as wanted."""
    return supervisor(home) is not None and all(_as_wanted(home, unit) for unit in units)


def stop(home: Home) -> bool:
    """Stop everything in order; returns whether anything ran."""
    running = supervisor(home)
    if running:
        os.kill(running["pid"], signal.SIGTERM)
        _await_end(running)
        return True
    return stop_left_behind(home)


def stop_left_behind(home: Home) -> bool:
    """Stop in order what a killed supervisor left; returns whether there was anything."""
    if supervisor(home):
        return False
    keeper = Keeper(Prober(Waker()))
    keeper.take_over(wanted_units(home), recorded(home))
    found = bool(keeper.children)
    keeper.stop_all()
    home.state.unlink(missing_ok=True)
    return found


def _as_wanted(home: Home, unit: Unit) -> bool:
    known = recorded(home).get(unit.name, {})
    return known.get("ready", False) and known.get("fingerprint") == unit.fingerprint()


def _not_ready(unit: Unit) -> StackError:
    log = Path(unit.log)
    return StackError(
        f"{unit.name} does not come up. Its last word: {last_word(log)}",
        log=log,
        remedy="mend what the log names, then run `make up` again",
    )


def _start_supervisor(home: Home) -> None:
    log = private_folder(home.log) / "supervisor.log"
    rotate(log)
    output = open_log(log)
    process = subprocess.Popen(
        [sys.executable, "-m", "signalbus.embedded", "supervise"],
        cwd=CLONE,
        env={**os.environ, "SIGNALBUS_HOME": str(home.root)},
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        start_new_session=True,
    )
    os.close(output)
    deadline = time.monotonic() + SUPERVISOR_SECONDS
    while (supervisor(home) or {}).get("pid") != process.pid:
        if process.poll() is not None or time.monotonic() > deadline:
            raise StackError(
                "the supervisor does not start.", log=log, remedy="see the log, then try again"
            )
        time.sleep(POLL_SECONDS)


def _await_end(running: dict[str, Any]) -> None:
    deadline = time.monotonic() + STOP_SECONDS
    while runs(running["pid"], running["started"]):
        if time.monotonic() > deadline:
            raise StackError(
                f"the supervisor (pid {running['pid']}) does not end.",
                remedy=f"end it with `kill -9 {running['pid']}`, then run the command again",
            )
        time.sleep(POLL_SECONDS)
    _await_burial(running)


def _await_burial(running: dict[str, Any]) -> None:
    """It has ended; give whoever adopted it a moment to take note, so that no list shows it."""
    deadline = time.monotonic() + BURIAL_SECONDS
    while lingers(running["pid"], running["started"]) and time.monotonic() < deadline:
        time.sleep(POLL_SECONDS)
