"""One started process: its own child, or one that an earlier supervisor left behind."""

import os
import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from signalbus.embedded.files import private_folder
from signalbus.embedded.identity import boot, end_group, identity, runs
from signalbus.embedded.rotation import open_log
from signalbus.embedded.slack import timer_slack
from signalbus.embedded.unit import Unit
from signalbus.embedded.users import dropping_to


@dataclass(slots=True, kw_only=True)
class Child:
    """A running process, known by its pid and the moment of its start."""

    unit: Unit
    fingerprint: str
    pid: int
    started: str
    since: float
    process: subprocess.Popen[bytes] | None = None

    def alive(self) -> bool:
        """Return whether it runs; collects the end of an own child."""
        if self.process is not None:
            return self.process.poll() is None
        return runs(self.pid, self.started)

    def ask_to_stop(self) -> None:
        """Send the unit's stop signal to the process alone: it ends its own children."""
        if self.alive():
            os.kill(self.pid, self.unit.stop_signal)

    def sweep(self) -> None:
        """Kill what is left of its group, for example workers of a killed web server."""
        end_recorded({"pid": self.pid, "started": self.started})
        if self.process is not None:
            self.process.wait()

    def as_json(self) -> dict[str, Any]:
        """Return what a later supervisor needs to take the process over."""
        known = {"pid": self.pid, "started": self.started, "since": self.since}
        return {**known, "fingerprint": self.fingerprint}


def start(unit: Unit) -> Child:
    """Start the unit in a session of its own, its output going to its log file.

    Raises:
        OSError: the command cannot be started.
    """
    if unit.fresh_folder:
        shutil.rmtree(unit.fresh_folder, ignore_errors=True)
        private_folder(Path(unit.fresh_folder))
    process = launch(unit)
    started = identity(process.pid) or ""
    return Child(
        unit=unit,
        fingerprint=unit.fingerprint(),
        pid=process.pid,
        started=started,
        since=time.time(),
        process=process,
    )


def launch(unit: Unit, **options: Any) -> "subprocess.Popen[bytes]":
    """Run the unit's command with its environment, user and log; further options as for Popen."""
    private_folder(Path(unit.log).parent)
    output = open_log(Path(unit.log))
    try:
        with timer_slack(unit.slack_seconds):
            process: subprocess.Popen[bytes] = subprocess.Popen(
                unit.argv,
                cwd=unit.cwd,
                env=unit.resolved_environment(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                **dropping_to(unit.user),
                **options,
            )
        return process
    finally:
        os.close(output)


def adopt(unit: Unit, record: dict[str, Any]) -> Child | None:
    """Return the process that the record names, or None after ending what is left of it."""
    child = Child(unit=unit, **{key: record[key] for key in _RECORDED})
    if child.alive():
        return child
    child.sweep()
    return None


def end_recorded(record: dict[str, Any]) -> None:
    """Kill the recorded process and its group, unless the number means another process by now."""
    pid, started = record["pid"], record["started"]
    if started.startswith(boot()) and identity(pid) in (None, started):
        end_group(pid)


_RECORDED = ("pid", "started", "since", "fingerprint")
