"""Tells one process from a later one that was given the same number."""

import os
import signal
import subprocess
from contextlib import suppress
from pathlib import Path

_STATE, _STARTED = 0, 19  # places in /proc/<pid>/stat after the name in parentheses
_GONE = ("Z", "X")
_BOOT = Path("/proc/sys/kernel/random/boot_id")


def identity(pid: int) -> str | None:
    """Return when the process started, as a text unique with its pid; None if it does not run."""
    if not Path("/proc/self/stat").exists():
        return _identity_by_ps(pid)
    state, started = _in_proc(pid)
    return None if state in _GONE else started


def runs(pid: int, started: str) -> bool:
    """Return whether that very process still runs."""
    return identity(pid) == started


def lingers(pid: int, started: str) -> bool:
    """Return whether that process has ended, and /proc shows it until its parent takes note."""
    state, same = _in_proc(pid)
    return state in _GONE and same == started


def boot() -> str:
    """Return what changes with each start of the machine: numbers of processes begin anew."""
    return _BOOT.read_text(encoding="ascii").strip() if _BOOT.exists() else ""


def end_group(pid: int) -> None:
    """Kill the process and whatever is left of its group at once."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def command_line(pid: int) -> str:
    """Return the words the process was called with, with blanks between; empty if unknown."""
    path = Path(f"/proc/{pid}/cmdline")
    if path.exists():
        return path.read_bytes().replace(b"\0", b" ").decode(errors="replace")
    return _ps(pid, "args=")


def _in_proc(pid: int) -> tuple[str, str | None]:
    """Return the state of a process and when it started; none where there is no such process."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return "", None
    return fields[_STATE], f"{boot()}/{fields[_STARTED]}"


def _ps(pid: int, *columns: str) -> str:
    options = [word for column in columns for word in ("-o", column)]
    command = ["ps", *options, "-p", str(pid)]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()


def _identity_by_ps(pid: int) -> str | None:
    answer = _ps(pid, "stat=", "lstart=")
    return None if not answer or answer.startswith(_GONE) else answer.partition(" ")[2].strip()
